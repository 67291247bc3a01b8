"""orange3-dea, HiGHS through SciPy. Scores in one phase; the full product in two.

Version 1.1.0 multiplies the Malmquist-Luenberger index by the reciprocal of its technical change; its efficiency change
over its technical change is the index of Chung, Färe and Grosskopf (1997) and agrees with ours. The figure that the
package prints is kept, so that the table shows the error.
"""

import numpy as np
from orangecontrib.dea.core import (
    DEAPanel,
    DEAProblem,
    solve_ddf,
    solve_malmquist,
    solve_malmquist_luenberger,
    solve_radial,
    solve_sbm,
)
from protocol import serve


def problem(case, rows=slice(None), bad=False):
    x = case.x[rows]
    y = np.hstack([case.y[rows], case.b[rows]]) if bad else case.y[rows]
    names = [f"y{r}" for r in range(y.shape[1])]
    units, inputs = [f"u{i}" for i in range(len(x))], [f"x{i}" for i in range(x.shape[1])]
    return DEAProblem(units, inputs, names, x, y, names[case.y.shape[1] :])


def panel(case, bad=False):
    return DEAPanel([problem(case, p, bad) for p in case.periods])


def l1(case):
    return solve_radial(problem(case), "input", "VRS", two_phase=False).efficiency


def l2(case):
    out = solve_radial(problem(case), "input", "VRS")
    return out.efficiency, out.slacks_inputs.sum(axis=1) + out.slacks_outputs.sum(axis=1)


def sbm(case):
    return np.concatenate([solve_sbm(problem(case, p), "VRS", "none").efficiency for p in case.periods])


def ddf(case):
    return np.concatenate([solve_ddf(problem(case, p), "VRS").efficiency for p in case.periods])


def malmquist(case):
    return solve_malmquist(panel(case), "input", decompose=False).mi.T.ravel()


def ml(case):
    return solve_malmquist_luenberger(panel(case, True)).mi.T.ravel()


serve("orange3-dea", {"l1": l1, "l2": l2, "sbm": sbm, "ddf": ddf, "malmquist": malmquist, "ml": ml})
