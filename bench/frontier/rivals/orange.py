"""orange3-dea, HiGHS through SciPy. Scores in one phase; the full product in two.

Version 1.1.0 multiplies the Malmquist-Luenberger index by the reciprocal of its technical change; its efficiency change
over its technical change is the index of Chung, Färe and Grosskopf (1997) and agrees with ours. The figure that the
package prints is kept, so that the table shows the error.
"""

import numpy as np
from orangecontrib.dea.core import (
    DEAPanel,
    DEAProblem,
    solve_additive,
    solve_cca_weights,
    solve_cost_efficiency,
    solve_cross_efficiency,
    solve_ddf,
    solve_fdh,
    solve_global_malmquist,
    solve_malmquist,
    solve_malmquist_luenberger,
    solve_metafrontier,
    solve_multiplier_radial,
    solve_network_additive,
    solve_network_multiplicative,
    solve_order_alpha,
    solve_order_m,
    solve_radial,
    solve_revenue_efficiency,
    solve_russell,
    solve_sbm,
    solve_super_radial,
    solve_super_sbm,
    solve_window,
    stratify,
)
from orangecontrib.dea.core.network import TwoStageProblem
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


def prices(case):
    return 1 + 0.5 * np.arange(case.x.shape[1]), 2.0 + np.arange(case.y.shape[1])


def chain(case):
    labels = [f"u{i}" for i in range(case.n)], [f"x{i}" for i in range(case.x.shape[1])], ["z0", "z1", "z2"], ["y0", "y1"]
    return TwoStageProblem(*labels, case.x, case.y[:, :3], case.y[:, 3:])


def metafrontier(case):
    return solve_metafrontier(problem(case), [f"g{u % 3}" for u in range(case.n)], "input", "VRS").tgr


def layers(case):
    out = np.zeros(case.n)
    for k, units in enumerate(stratify(problem(case))):
        out[units] = k + 1
    return out


def windows(case):
    scores = solve_window(panel(case)).scores  # unit, period, window
    return scores[~np.isnan(scores)]


def capacity(case):
    """Two radial runs: all inputs, the fixed one; output scores are 1 or more."""
    own = problem(case)
    fixed = DEAProblem(own.dmu_names, own.input_names[:1], own.output_names, case.x[:, :1], case.y)
    plan, phi = (solve_radial(held, "output", "VRS", two_phase=False).efficiency for held in (fixed, own))
    return phi / plan


def assurance(case):
    held = problem(case)
    sides = (("input_ratio", held.input_names), ("output_ratio", held.output_names))
    told = [dict(kind=kind, a=a, b=side[0], lower=0.5, upper=2.0) for kind, side in sides for a in side[1:]]
    return solve_multiplier_radial(held, restrictions=told).efficiency


TASKS = {
    "l1": l1,
    "l2": l2,
    "sbm": sbm,
    "ddf": ddf,
    "malmquist": malmquist,
    "ml": ml,
    "fdh": lambda case: solve_fdh(problem(case)).efficiency,
    "super": lambda case: solve_super_radial(problem(case)).efficiency,
    "super-sbm": lambda case: solve_super_sbm(problem(case)).efficiency,
    "additive": lambda case: solve_additive(problem(case)).efficiency,
    "russell": lambda case: solve_russell(problem(case)).efficiency,
    "cost": lambda case: solve_cost_efficiency(problem(case), prices(case)[0]).economic,
    "revenue": lambda case: solve_revenue_efficiency(problem(case), prices(case)[1]).economic,
    "cross": lambda case: solve_cross_efficiency(problem(case)).efficiency,
    "metafrontier": metafrontier,
    "relational": lambda case: solve_network_multiplicative(chain(case)).overall,
    "chen-additive": lambda case: solve_network_additive(chain(case)).overall,
    "order-alpha": lambda case: solve_order_alpha(problem(case)).efficiency,
    "layers": layers,
    "window": windows,
    "capacity": capacity,
    "canonical": lambda case: solve_cca_weights(problem(case), ridge=0.0).scores,
    "assurance": assurance,
    "order-m": lambda case: solve_order_m(problem(case), seed=1).efficiency,
    "global": lambda case: solve_global_malmquist(panel(case)).mi.T.ravel(),
}
serve("orange3-dea", TASKS)
