"""scipy.optimize.linprog in a loop, as most scripts do it: one program for each unit, HiGHS inside."""

import numpy as np
from protocol import serve
from scipy.optimize import linprog


def l1(case):
    x, y, n, m = case.x, case.y, case.n, case.x.shape[1]
    cost = np.zeros(n + 1)
    cost[n] = 1.0
    upper = np.hstack([np.vstack([x.T, -y.T]), np.zeros((m + y.shape[1], 1))])
    sums = np.ones((1, n + 1))
    sums[0, n] = 0.0
    bounds = [(0, None)] * n + [(None, None)]
    out = np.empty(n)
    for u in range(n):
        upper[:m, n] = -x[u]
        right = np.concatenate([np.zeros(m), -y[u]])
        out[u] = linprog(cost, upper, right, sums, [1.0], bounds, method="highs").fun
    return out


serve("linprog", {"l1": l1})
