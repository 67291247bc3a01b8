"""pyfrontier: a CBC process for each unit, through PuLP. Its CPU time is that of the children."""

from protocol import serve
from Pyfrontier.frontier_model import EnvelopDEA


def l1(case):
    model = EnvelopDEA("VRS", "in")
    model.fit(case.x, case.y)
    return [result.score for result in model.results]


serve("pyfrontier", {"l1": l1})
