"""HiGHS used well: ONE model for each reference set. For each unit the column of the unknown factor and the right-hand
sides change, and the next solve starts from the last basis. Columns of data are scaled by exact powers of two, all
tolerances are 1e-10, presolve is off, one thread.

    highs.py DATA            units in the order of the data
    highs.py DATA ordered    units in an order in which neighbours resemble each other
    highs.py DATA frontier   only frontier units as columns, found before the clock starts (a gift)

The first is the comparator of the goals and the oracle of all scores.
"""

import os
import sys

import highspy
import numpy as np
from protocol import adjacent, serve

VARIANT = sys.argv[2] if len(sys.argv) > 2 else "data"
NAME = "highs" if VARIANT == "data" else f"highs-{VARIANT}"
INF = highspy.kHighsInf
OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "presolve": "off",
    "solver": "simplex",
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
}


def powers(columns):
    """The power of two nearest the mean of each column."""
    return 2.0 ** np.round(np.log2(np.abs(columns).mean(axis=0)))


def order(x, y):
    """Units along a space-filling (Morton) curve over ranks of input shares and of outputs."""
    if VARIANT != "ordered":
        return range(len(x))
    columns = np.hstack([x / x.sum(axis=1, keepdims=True), y])
    bits = 60 // columns.shape[1]
    ranks = columns.argsort(axis=0).argsort(axis=0) * (1 << bits) // len(x)
    key = np.zeros(len(x), dtype=np.int64)
    for b in range(bits):
        for j in range(columns.shape[1]):
            key |= (ranks[:, j] >> b & 1) << (b * columns.shape[1] + j)
    return key.argsort(kind="stable")


class Model:
    """min cost'(lambda, extras): A lambda + E extras between lower and upper; extras follow the points."""

    def __init__(self, points, extras, free, lower, upper, cost):
        n, k = points.shape
        e = extras.shape[0]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n + e, k
        lp.col_cost_ = np.concatenate([np.zeros(n), cost])
        lp.col_lower_ = np.concatenate([np.zeros(n), np.where(free, -INF, 0.0)])
        lp.col_upper_ = np.full(n + e, INF)
        lp.row_lower_, lp.row_upper_ = lower, upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        # Extras are kept dense, so that any of their entries can change.
        lp.a_matrix_.start_ = np.arange(n + e + 1, dtype=np.int32) * k
        lp.a_matrix_.index_ = np.tile(np.arange(k, dtype=np.int32), n + e)
        lp.a_matrix_.value_ = np.concatenate([points.ravel(), extras.ravel()])
        self.n, self.h = n, highspy.Highs()
        for key, value in OPTIONS.items():
            self.h.setOptionValue(key, value)
        if self.h.passModel(lp) == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refuses the model")

    def solve(self):
        """The optimum; NaN if infeasible. A start that fails is given up for a fresh one."""
        for _ in range(2):
            self.h.run()
            status = self.h.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                return self.h.getInfo().objective_function_value
            if status == highspy.HighsModelStatus.kInfeasible:
                return np.nan
            self.h.clearSolver()
        raise RuntimeError(f"HiGHS: {status}")


def scaled(case):
    return case.x / powers(case.x), case.y / powers(case.y), case.b / powers(case.b) if case.b.shape[1] else case.b


def radial(x, y, xr, yr, vrs, slack_scale=None):
    """Input-oriented scores of (x, y) against (xr, yr); with `slack_scale` also the largest sum of slacks in the units
    of the data, peers, targets and multipliers. The second phase is a model of its own, warm as well."""
    m, s = x.shape[1], y.shape[1]
    points = np.hstack([xr, yr] + ([np.ones((len(xr), 1))] if vrs else []))
    k = points.shape[1]
    one = np.ones(int(vrs))
    theta = np.zeros((1, k))
    theta[0, :m] = -x[0]
    lower = np.concatenate([np.full(m, -INF), y[0], one])
    upper = np.concatenate([np.zeros(m), np.full(s, INF), one])
    first = Model(points, theta, np.array([True]), lower, upper, np.array([1.0]))
    two = slack_scale is not None
    if two:
        slacks = np.zeros((m + s, k))
        slacks[:m, :m] = np.eye(m)
        slacks[m:, m : m + s] = -np.eye(s)
        right = np.concatenate([x[0], y[0], one])
        second = Model(points, slacks, np.zeros(m + s, dtype=bool), right, right, -slack_scale)
    scores, sums = np.empty(len(x)), np.empty(len(x))
    prices, targets = np.empty((2, len(x), k))
    for u in order(x, y):
        for i in range(m):
            first.h.changeCoeff(i, first.n, -x[u, i])
        for r in range(s):
            first.h.changeRowBounds(m + r, y[u, r], INF)
        scores[u] = first.solve()
        if two:
            prices[u] = first.h.getSolution().row_dual
            for r in range(s):
                second.h.changeRowBounds(m + r, y[u, r], y[u, r])
            for room in (0.0, 1e-10):  # the score may be a rounding error too good
                for i in range(m):
                    right = (scores[u] + room) * x[u, i]
                    second.h.changeRowBounds(i, right, right)
                sums[u] = -second.solve()
                if not np.isnan(sums[u]):
                    break
            weights = np.array(second.h.getSolution().col_value)[: second.n]
            peers = np.flatnonzero(weights > 1e-9)
            targets[u] = weights[peers] @ points[peers]
    return (scores, sums) if two else scores


def columns(case):
    """Points of the reference: all, or the gift."""
    return getattr(case, "gift", slice(None))


def prepare(case):
    """The gift: units that plain HiGHS scored 1 earlier in this comparison."""
    if VARIANT == "frontier":
        scores = np.fromfile(os.path.join(case.folder, f"highs-{case.name}-l1.values"), dtype="<f8")
        case.gift = np.flatnonzero(scores >= 1 - 1e-9)


def l1(case):
    x, y, _ = scaled(case)
    return radial(x, y, x[columns(case)], y[columns(case)], True)


def l2(case):
    x, y, _ = scaled(case)
    scale = np.concatenate([powers(case.x), powers(case.y)])
    return radial(x, y, x[columns(case)], y[columns(case)], True, scale)


def sample(case):
    """Scores of 8 units spread over the rows, against all columns; their rows."""
    x, y, _ = scaled(case)
    rows = (np.arange(8) * 2 + 1) * case.n // 16
    return radial(x[rows], y[rows], x, y, True), rows


def malmquist(case):
    x, y, _ = scaled(case)
    for p in case.periods:  # the pure and scale parts are part of the product
        radial(x[p], y[p], x[p], y[p], True)
    return adjacent(lambda a, b: radial(x[a], y[a], x[b], y[b], False), case)


def directional(x, y, b, xr, yr, br, full, vrs):
    """max beta along (x, y) (`full`) or (0, y, -b), undesirable outputs with equality."""
    m, s, w = x.shape[1], y.shape[1], b.shape[1]
    points = np.hstack([xr, yr, br] + ([np.ones((len(xr), 1))] if vrs else []))
    k = points.shape[1]
    one = np.ones(int(vrs))
    lower = np.concatenate([np.full(m, -INF), y[0], b[0], one])
    upper = np.concatenate([x[0], np.full(s, INF), b[0], one])
    model = Model(points, np.zeros((1, k)), np.array([True]), lower, upper, np.array([-1.0]))
    h, beta = model.h, model.n
    out = np.empty(len(x))
    for u in order(x, y):
        for i in range(m):
            h.changeRowBounds(i, -INF, x[u, i])
            if full:
                h.changeCoeff(i, beta, x[u, i])
        for r in range(s):
            h.changeRowBounds(m + r, y[u, r], INF)
            h.changeCoeff(m + r, beta, -y[u, r])
        for r in range(w):
            h.changeRowBounds(m + s + r, b[u, r], b[u, r])
            h.changeCoeff(m + s + r, beta, b[u, r])
        out[u] = -model.solve()
    return out


def ddf(case):
    x, y, _ = scaled(case)
    none = np.empty((case.n, 0))
    return np.concatenate(
        [directional(x[p], y[p], none[p], x[p], y[p], none[p], True, True) for p in case.periods]
    )


def green(case):
    x, y, b = scaled(case)
    return lambda p, q: directional(x[p], y[p], b[p], x[q], y[q], b[q], False, False)


def ml(case):
    distance, periods = green(case), case.periods
    own = [1 + distance(p, p) for p in periods]
    out = []
    for t in range(len(periods) - 1):
        later_in_earlier = 1 + distance(periods[t + 1], periods[t])
        earlier_in_later = 1 + distance(periods[t], periods[t + 1])
        out.append(np.sqrt(own[t] / later_in_earlier * (earlier_in_later / own[t + 1])))
    return np.concatenate(out)


def gml(case):
    distance, everything = green(case), slice(0, case.n)
    for p in case.periods:  # the parts of the index
        distance(p, p)
    whole = 1 + distance(everything, everything)
    return np.concatenate([whole[p] / whole[q] for p, q in zip(case.periods, case.periods[1:])])


def sbm_of(x, y):
    """Tone (2001), non-oriented, VRS, by the transformation of Charnes and Cooper: columns Lambda, t, S-, S+."""
    (n, m), s = x.shape, y.shape[1]
    k = m + s + 2
    points = np.hstack([x, y, np.ones((n, 1)), np.zeros((n, 1))])
    extras = np.zeros((1 + m + s, k))
    extras[0, m + s] = -1.0
    extras[0, k - 1] = 1.0
    extras[1 : 1 + m, :m] = np.eye(m)
    extras[1 + m :, m : m + s] = -np.eye(s)
    right = np.zeros(k)
    right[k - 1] = 1.0
    model = Model(points, extras, np.zeros(1 + m + s, dtype=bool), right, right, np.eye(1 + m + s)[0])
    h, t = model.h, model.n
    out = np.empty(n)
    for u in order(x, y):
        for i in range(m):
            h.changeCoeff(i, t, -x[u, i])
            h.changeColCost(t + 1 + i, -1.0 / (m * x[u, i]))
        for r in range(s):
            h.changeCoeff(m + r, t, -y[u, r])
            h.changeCoeff(k - 1, t + 1 + m + r, 1.0 / (s * y[u, r]))
        out[u] = model.solve()
    return out


def sbm(case):
    x, y, _ = scaled(case)
    return np.concatenate([sbm_of(x[p], y[p]) for p in case.periods])


if __name__ == "__main__":
    tasks = {"l1": l1, "l2": l2, "sample": sample, "sbm": sbm, "ddf": ddf, "malmquist": malmquist, "ml": ml, "gml": gml}
    serve(NAME, tasks, prepare)
