"""Exact optima of the frontier models on the data sets of `sets.py`, for the tests in `tests/it`.

Run once: `pip install highspy && python models.py`; `sets.json` beside it is committed. Each value is the
optimum for the doubles of the data set in exact arithmetic, rounded to 15 digits; `null` is infeasible.
"""
import json
import os
from fractions import Fraction

import sets
from exact import FREE, POSITIVE, Program, whole

# Kind, units, seed; every how many units are evaluated.
CASES = [
    ("cd31", 100, 1, 1), ("ces55", 60, 2, 1), ("sph22", 80, 3, 1), ("sph55", 60, 4, 1), ("integers", 90, 5, 1),
    ("zeros", 70, 6, 1), ("units", 80, 7, 1), ("triples", 150, 8, 3), ("collinear-3", 60, 9, 1),
    ("collinear-4", 60, 10, 1), ("collinear-5", 60, 11, 1), ("collinear-6", 60, 12, 1), ("collinear-7", 60, 13, 1),
]
SENSE = {"vrs": 0, "nirs": 1, "ndrs": -1}


class Rows:
    """Rows over the weights of the units, further columns and slacks."""

    def __init__(self, units):
        self.units, self.rows, self.rhs, self.width = units, [], [], 0

    def add(self, weights, extras, slack, rhs):
        """`slack`: +1 for at most, -1 for at least, 0 for equal."""
        self.rows.append((weights, extras, slack))
        self.rhs.append(rhs)

    def program(self, cost, kinds):
        n, e = self.units, len(kinds)
        slacks = [i for i, r in enumerate(self.rows) if r[2]]
        table = []
        for i, (weights, extras, slack) in enumerate(self.rows):
            row = list(weights) + list(extras) + [slack if i == j else 0 for j in slacks]
            table.append(row + [self.rhs[i]])
        table = whole(table)
        c = [0] * n + list(cost) + [0] * len(slacks)
        assert all(len(r) == len(c) + 1 for r in table)
        return Program([r[:-1] for r in table], [r[-1] for r in table], c, [POSITIVE] * n + kinds + [POSITIVE] * len(slacks))


def returns(rows, rts, extras, scale=None):
    """The row of the sum of the weights; `scale` is the extra column that stands for 1 in ratio models."""
    if rts == "crs":
        return
    row = [0] * extras
    if scale is not None:
        row[scale] = -1
    rows.add([1] * rows.units, row, SENSE[rts], 0 if scale is not None else 1)


def radial(x, y, o, orientation, rts, without=()):
    n = len(x[0])
    keep = [j for j in range(n) if j not in without]
    rows = Rows(len(keep))
    for v in x:
        own = [-v[o]] if orientation == "in" else [0]
        rows.add([v[j] for j in keep], own, 1, 0 if orientation == "in" else v[o])
    for v in y:
        own = [-v[o]] if orientation == "out" else [0]
        rows.add([v[j] for j in keep], own, -1, 0 if orientation == "out" else v[o])
    returns(rows, rts, 1)
    return rows.program([1 if orientation == "in" else -1], [POSITIVE]), 1 if orientation == "in" else -1


def directional(x, y, o, direction, rts, bad=None):
    """`bad`: place of the output that is undesirable and weakly disposable."""
    rows = Rows(len(x[0]))
    for v, g in zip(x, direction[0]):
        rows.add(v, [g], 1, v[o])
    for r, (v, g) in enumerate(zip(y, direction[1])):
        rows.add(v, [g if r == bad else -g], 0 if r == bad else -1, v[o])
    returns(rows, rts, 1)
    return rows.program([-1], [FREE]), -1


def additive(x, y, o, rts, shares, by):
    """Slacks in shares of `shares`; the sum of the shares over `by`."""
    m, s = len(x), len(y)
    rows = Rows(len(x[0]))
    for i, v in enumerate(x + y):
        sign = 1 if i < m else -1
        share = shares[i] if shares[i] else 1
        rows.add(v, [sign * share if k == i else 0 for k in range(m + s)], 0, v[o])
    returns(rows, rts, m + s)
    cost = [-1 if share else 0 for share in shares]
    return rows.program(cost, [POSITIVE] * (m + s)), Fraction(-1, by)


def sbm(x, y, o, rts):
    """Tone (2001) after Charnes and Cooper (1962), slacks as shares of the unit's own values."""
    m, s = len(x), len(y)
    e = m + s + 1
    rows = Rows(len(x[0]))
    for i, v in enumerate(x + y):
        sign = 1 if i < m else -1
        rows.add(v, [sign * v[o] if k == i else 0 for k in range(m + s)] + [-v[o]], 0, 0)
    rows.add([0] * rows.units, [0] * m + [1] * s + [s], 0, s)
    returns(rows, rts, e, e - 1)
    return rows.program([-1] * m + [0] * s + [m], [POSITIVE] * e), Fraction(1, m)


def programs(kind, x, y):
    """Key and program by unit."""
    m, s = len(x), len(y)
    own = lambda o: ([v[o] for v in x], [v[o] for v in y])
    every = {}
    for rts in ("crs", "vrs", "nirs", "ndrs"):
        every[f"in-{rts}"] = lambda o, rts=rts: radial(x, y, o, "in", rts)
        if rts != "crs":
            every[f"out-{rts}"] = lambda o, rts=rts: radial(x, y, o, "out", rts)
    for key in ("in-crs", "in-vrs", "out-vrs"):
        every[f"super-{key}"] = lambda o, key=key: radial(x, y, o, *key.split("-"), without=(o,))
    for rts in ("crs", "vrs"):
        every[f"ddf-own-{rts}"] = lambda o, rts=rts: directional(x, y, o, own(o), rts)
        if s > 1:
            # Nothing shrinks but the undesirable output.
            still = lambda o: ([0] * m, own(o)[1])
            every[f"weak-{rts}"] = lambda o, rts=rts, still=still: directional(x, y, o, still(o), rts, s - 1)
    every["ddf-first-vrs"] = lambda o: directional(x, y, o, own(0), "vrs")
    width = [Fraction(max(v)) - Fraction(min(v)) for v in x + y]
    for rts in ("crs", "vrs"):
        every[f"ram-{rts}"] = lambda o, rts=rts: additive(x, y, o, rts, width, m + s)
        if kind != "zeros":
            shares = lambda o: [v[o] for v in x + y]
            every[f"mip-{rts}"] = lambda o, rts=rts, shares=shares: additive(x, y, o, rts, shares(o), 1)
            every[f"sbm-{rts}"] = lambda o, rts=rts: sbm(x, y, o, rts)
    if kind != "zeros":
        for side, places in (("in", range(m)), ("out", range(m, m + s))):
            # 1 - value, and 1 / (1 + value).
            part = lambda o, places=places: [v[o] if i in places else 0 for i, v in enumerate(x + y)]
            by = len(places)
            every[f"sbm-{side}-vrs"] = lambda o, part=part, by=by: additive(x, y, o, "vrs", part(o), by)
    return every


def number(v):
    return "null" if v is None else f"{v:.15g}"


def main(only=None):
    lines, pivots, solved = [], 0, 0
    for kind, n, seed, step in CASES:
        if only and kind not in only:
            continue
        x, y = sets.columns(kind, n, seed)
        parts = []
        for key, make in programs(kind, x, y).items():
            values = []
            for o in range(0, n, step):
                program, sign = make(o)
                found = program.solve()
                values.append(None if found is None else float(found[0] * sign))
                pivots += program.pivots
                solved += 1
            parts.append(f'"{key}": [' + ",".join(map(number, values)) + "]")
            print(kind, key, solved, pivots, flush=True)
        head = f'{{"kind": "{kind}", "n": {n}, "seed": {seed}, "step": {step}, "m": {len(x)}, "s": {len(y)},\n'
        lines.append(head + ",\n".join(parts) + "}")
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "sets.json" if only is None else "part.json"), "w") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:] or None)
