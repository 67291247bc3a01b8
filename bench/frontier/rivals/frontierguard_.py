"""frontierguard-dea, HiGHS through SciPy. Scores without slacks; the full product with the largest sum of slacks."""

import numpy as np
from frontierguard import DEAData, DirectionalDEA, RadialDEA, malmquist_panel, sbm
from protocol import serve


def data(case, rows=slice(None)):
    return DEAData(case.x[rows], case.y[rows])


def l1(case):
    return RadialDEA(orientation="input", rts="vrs", slacks="none").fit(data(case)).technical_efficiency


def l2(case):
    out = RadialDEA(orientation="input", rts="vrs", slacks="max_sum").fit(data(case))
    return out.technical_efficiency, out.input_slacks.sum(axis=1) + out.output_slacks.sum(axis=1)


def sbm_(case):
    return np.concatenate([sbm(data(case, p), rts="vrs").rho for p in case.periods])


def ddf(case):
    model = DirectionalDEA(rts="vrs")
    parts = [model.fit(data(case, p), input_direction=case.x[p], output_direction=case.y[p]) for p in case.periods]
    return np.concatenate([part.beta for part in parts])


def malmquist(case):
    out = malmquist_panel([data(case, p) for p in case.periods], orientation="input", rts="crs")
    return out.malmquist_index.ravel()


serve("frontierguard-dea", {"l1": l1, "l2": l2, "sbm": sbm_, "ddf": ddf, "malmquist": malmquist})
