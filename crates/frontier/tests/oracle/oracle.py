"""Optimal values by HiGHS (highspy) for the Rust tests of `numerics::lp` and `frontier`.

Run once: `pip install highspy && python oracle.py`; the JSON beside it is committed.
Every data set is made by integer arithmetic that the Rust tests repeat (`dataset` below), so that
only names and optimal values are stored. Columns are divided by powers of two before HiGHS sees them.
"""
import json
import math
import os

import highspy
import numpy as np

MASK = (1 << 64) - 1


def draws(seed):
    state = seed & MASK
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield ((z ^ (z >> 31)) >> 11) / float(1 << 53)


def dataset(kind, n, m, s, seed):
    """Rows by unit: m inputs then s outputs."""
    r = draws(seed)
    data = [[next(r) for _ in range(m + s)] for _ in range(n)]
    if kind == "smooth":
        return [[0.1 + v for v in row] for row in data]
    if kind == "ties":
        return [[1.0 + math.floor(5 * v) for v in row] for row in data]
    if kind == "zeros":
        return [[0.0 if v < 0.3 and i not in (0, m) else 0.05 + v for i, v in enumerate(row)] for row in data]
    if kind == "units":
        scale = [1e-6 if i % 2 == 0 else 1e9 for i in range(m + s)]
        return [[(0.1 + v) * c for v, c in zip(row, scale)] for row in data]
    if kind == "duplicates":
        return [[0.1 + v for v in data[i // 3]] for i in range(n)]
    if kind == "collinear":
        return [[0.1 + row[0] + 1e-5 * v * (i > 0) for i, v in enumerate(row)] for row in data]
    raise ValueError(kind)


def power(x):
    return 2.0 ** -math.floor(math.log2(x)) if x > 0 else 1.0


def solve(c, rows, senses, rhs, free):
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        h.setOptionValue(name, 1e-10)
    h.setOptionValue("presolve", "off")
    inf = highspy.kHighsInf
    for cost, f in zip(c, free):
        h.addVar(-inf if f else 0.0, inf)
    for j, cost in enumerate(c):
        h.changeColCost(j, cost)
    for a, sense, b in zip(rows, senses, rhs):
        low, high = {"<": (-inf, b), ">": (b, inf), "=": (b, b)}[sense]
        idx = np.nonzero(a)[0].astype(np.int32)
        h.addRow(low, high, len(idx), idx, np.asarray(a)[idx])
    h.run()
    status = h.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return h.getInfo().objective_function_value
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return None
    raise RuntimeError(str(status))


def radial(data, m, s, orientation, rts, units):
    n = len(data)
    cols = np.array(data).T.copy()
    for i in range(m + s):
        cols[i] *= power(cols[i].mean())
    out = []
    for o in units:
        rows, senses, rhs = [], [], []
        for i in range(m + s):
            is_input = i < m
            radial_row = is_input == (orientation == "input")
            # Each row in the size of the unit itself, again by a power of two.
            r = power(max(cols[i][o], cols[i].max() * 2.0**-20))
            rows.append(r * np.append(cols[i], -cols[i][o] if radial_row else 0.0))
            senses.append("<" if is_input else ">")
            rhs.append(0.0 if radial_row else r * cols[i][o])
        if rts != "crs":
            rows.append(np.append(np.ones(n), 0.0))
            senses.append({"vrs": "=", "nirs": "<", "ndrs": ">"}[rts])
            rhs.append(1.0)
        sign = 1.0 if orientation == "input" else -1.0
        v = solve([0.0] * n + [sign], rows, senses, rhs, [False] * (n + 1))
        out.append(None if v is None else sign * v)
    return out


def random_lp(seed):
    """A general program: coefficients in {-2..3}, all three senses, bounded by a budget row."""
    r = draws(seed)
    k, n = 3 + int(next(r) * 4), 6 + int(next(r) * 10)
    a = [[float(math.floor(next(r) * 6) - 2) for _ in range(n)] for _ in range(k)]
    senses = ["<=>"[int(next(r) * 3)] for _ in range(k)]
    rhs = [float(math.floor(next(r) * 9) - 2) for _ in range(k)]
    c = [float(math.floor(next(r) * 11) - 5) for _ in range(n)]
    a.append([1.0] * n)
    senses.append("<")
    rhs.append(10.0)
    return solve(c, [np.array(x) for x in a], senses, rhs, [False] * n)


def main():
    radial_cases = []
    for kind in ("smooth", "ties", "zeros", "units", "duplicates", "collinear"):
        for n, m, s, seed in ((40, 1, 1, 1), (60, 3, 2, 2), (90, 4, 4, 3)):
            data = dataset(kind, n, m, s, seed)
            for orientation in ("input", "output"):
                for rts in ("crs", "vrs", "nirs", "ndrs"):
                    values = radial(data, m, s, orientation, rts, range(0, n, 6))
                    radial_cases.append(
                        {"kind": kind, "n": n, "m": m, "s": s, "seed": seed, "orientation": orientation,
                         "returns": rts, "values": values}
                    )
    general = [{"seed": seed, "value": random_lp(seed)} for seed in range(300)]
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "radial.json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(c) for c in radial_cases) + "\n]\n")
    with open(os.path.join(here, "general.json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(c) for c in general) + "\n]\n")


main()
