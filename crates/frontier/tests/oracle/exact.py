"""Linear programs in whole numbers: HiGHS proposes a basis, exact arithmetic proves or mends it.

`min c'x, A x = b`, columns of integers; a variable is at least 0, or free. Every double is a whole number
times a power of two, so that scaling rows by powers of two makes the data whole and changes nothing.
"""
from fractions import Fraction

import highspy
import numpy as np

FREE, POSITIVE = "free", "positive"


def whole(rows):
    """Rows of doubles or fractions with power-of-two denominators, each times its common denominator."""
    out = []
    for row in rows:
        fractions = [Fraction(v) for v in row]
        most = max(f.denominator for f in fractions)
        out.append([f.numerator * (most // f.denominator) for f in fractions])
    return out


def inverse(matrix):
    """Integer `m` and `d > 0` with `m / d` the inverse, or None (Bareiss 1968, Jordan form)."""
    k = len(matrix)
    rows = [np.array(list(matrix[i]) + [int(i == j) for j in range(k)], dtype=object) for i in range(k)]
    last = 1
    for i in range(k):
        at = next((r for r in range(i, k) if rows[r][i] != 0), None)
        if at is None:
            return None
        rows[i], rows[at] = rows[at], rows[i]
        p = rows[i][i]
        for r in range(k):
            if r != i:
                rows[r] = (p * rows[r] - rows[r][i] * rows[i]) // last
        last = p
    sign = 1 if last > 0 else -1
    return np.array([sign * r[k:] for r in rows], dtype=object), sign * last


class Program:
    """`a` by rows, `kinds` by columns. Columns `n + i` are artificial, fixed at 0, one for each row."""

    def __init__(self, a, b, c, kinds):
        self.k, self.n = len(a), len(c)
        self.a = np.array([list(r) + [int(i == j) for j in range(self.k)] for i, r in enumerate(a)], dtype=object)
        self.b = np.array(b, dtype=object)
        self.c = np.array(list(c) + [0] * self.k, dtype=object)
        self.kinds = kinds
        self.free = np.array([kind == FREE for kind in kinds] + [True] * self.k)
        self.pivots = 0

    def proposal(self):
        """The final basis of HiGHS on rows and columns scaled by powers of two, at 1e-10."""
        size = [1 << max(int(x).bit_length() for x in r) for r in self.a[:, : self.n]]
        a = np.array([[float(Fraction(int(v), s)) for v in r] for r, s in zip(self.a[:, : self.n], size)])
        b = np.array([float(Fraction(int(v), s)) for v, s in zip(self.b, size)])
        by = np.exp2(-np.floor(np.log2(np.maximum(np.abs(a).max(axis=0), 1e-300))))
        a = a * by
        c = np.array([float(v) for v in self.c[: self.n]]) * by
        h = highspy.Highs()
        for name, value in (("output_flag", False), ("presolve", "off"), ("primal_feasibility_tolerance", 1e-10),
                            ("dual_feasibility_tolerance", 1e-10), ("simplex_scale_strategy", 0)):
            h.setOptionValue(name, value)
        inf = highspy.kHighsInf
        rows = np.arange(self.k, dtype=np.int32)
        for j in range(self.n):
            h.addVar(-inf if self.kinds[j] == FREE else 0.0, inf)
            h.changeColCost(j, c[j])
        for i in rows:
            at = np.nonzero(a[i])[0].astype(np.int32)
            h.addRow(b[i], b[i], len(at), at, a[i][at])
        h.run()
        basis = h.getBasis()
        basic = highspy.HighsBasisStatus.kBasic
        found = [j for j, s in enumerate(basis.col_status) if s == basic]
        return found + [self.n + i for i, s in enumerate(basis.row_status) if s == basic]

    def invert(self, basis):
        return inverse([[self.a[i][j] for j in basis] for i in range(self.k)])

    def reduced(self, basis, m, d, c):
        """Reduced costs times `d`."""
        y = c[basis] @ m
        return d * c - y @ self.a

    def solve(self, basis=None):
        """The optimum as a fraction and the basis that proves it, or None where nothing is feasible."""
        basis = list(self.proposal() if basis is None else basis)
        pair = self.invert(basis) if len(basis) == self.k else None
        if pair is None:
            basis = [self.n + i for i in range(self.k)]
            pair = self.invert(basis)
        # Costs shifted until the basis is dual feasible: the dual simplex then finds a feasible basis.
        c = self.shifted(basis, *pair)
        while True:
            m, det = pair
            x = m @ self.b
            out = self.leaving(basis, x)
            if out is None:
                break
            row = (m[out] @ self.a) * (1 if x[out] < 0 else -1)
            d = self.reduced(basis, m, det, c)
            enter = None
            for j in range(self.n):
                if row[j] < 0 and j not in basis or self.free[j] and row[j] != 0 and j not in basis:
                    ratio = Fraction(0) if self.free[j] else Fraction(int(d[j]), -int(row[j]))
                    if enter is None or ratio < enter[0]:
                        enter = (ratio, j)
            if enter is None:
                return None
            basis[out] = enter[1]
            self.pivots += 1
            pair = self.invert(basis)
        while True:
            m, det = pair
            x = m @ self.b
            d = self.reduced(basis, m, det, self.c)
            enter = next((j for j in range(self.n) if j not in basis and (d[j] < 0 or self.free[j] and d[j] != 0)), None)
            if enter is None:
                return Fraction(int(self.c[basis] @ x), int(det)), basis
            way = m @ self.a[:, enter] * (1 if d[enter] < 0 else -1)
            best = None
            for i, j in enumerate(basis):
                artificial = j >= self.n
                if artificial and way[i] != 0 or not artificial and not self.free[j] and way[i] > 0:
                    ratio = Fraction(0) if artificial else Fraction(int(x[i]), int(way[i]))
                    if best is None or (ratio, j) < best[:2]:
                        best = (ratio, j, i)
            if best is None:
                raise RuntimeError("unbounded")
            basis[best[2]] = enter
            self.pivots += 1
            pair = self.invert(basis)

    def shifted(self, basis, m, det):
        """Costs, times the determinant, raised by the negative reduced costs."""
        d = self.reduced(basis, m, det, self.c)
        raise_by = np.array([0 if v >= 0 and not f else -v for v, f in zip(d, self.free)], dtype=object)
        raise_by[basis] = 0
        raise_by[self.n :] = 0
        return self.c * det + raise_by

    def leaving(self, basis, x):
        """Place of the basic variable of smallest index that violates its bound."""
        bad = [(j, i) for i, j in enumerate(basis) if (j >= self.n and x[i] != 0) or (not self.free[j] and x[i] < 0)]
        return min(bad)[1] if bad else None
