"""pyfrontier: a CBC process for each unit, through PuLP. Its CPU time is that of the children."""

import pulp
from protocol import serve
from Pyfrontier.frontier_model import EnvelopDEA, MultipleDEA

cbc = pulp.PULP_CBC_CMD
pulp.PULP_CBC_CMD = lambda msg, **options: cbc(msg=0, **options)  # multipliers print to the pipe of the answers


def l1(case):
    model = EnvelopDEA("VRS", "in")
    model.fit(case.x, case.y)
    return [result.score for result in model.results]


def assurance(case):
    model = MultipleDEA("CRS", "in")
    for side, table in (("in", case.x), ("out", case.y)):
        for k in range(1, table.shape[1]):
            model.add_assurance_region(side, k, 0, 0.5, ">=")
            model.add_assurance_region(side, k, 0, 2.0, "<=")
    model.fit(case.x, case.y)
    return [result.score for result in model.results]


serve("pyfrontier", {"l1": l1, "assurance": assurance})
