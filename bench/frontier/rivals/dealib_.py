"""dealib, its own simplex. Scores at its fastest switch; the full product with its second phase."""

import numpy as np
from dealib.dea import dea, malmq
from protocol import serve


def l1(case):
    return dea(case.x, case.y, rts="vrs", orientation="input").eff


def l2(case):
    out = dea(case.x, case.y, rts="vrs", orientation="input", two_phase=True)
    out.lambdas @ case.x, out.lambdas @ case.y  # targets
    return out.eff, out.slack.sum(axis=1)


def malmquist(case):
    x, y, periods = case.x, case.y, case.periods
    pairs = [malmq(x[p], y[p], x[q], y[q], rts="crs", orientation="input") for p, q in zip(periods, periods[1:])]
    return np.concatenate([pair.m for pair in pairs])


serve("dealib", {"l1": l1, "l2": l2, "malmquist": malmquist})
