"""The data sets of the tests, in the arithmetic of `tests/it/generate.rs`.

Numbers come from splitmix64 by counter, so that unit `u` needs no unit before it. What passes through
a logarithm, an exponential or a cosine is rounded to multiples of 2^-32: the last digit of a mathematical
library changes nothing.
"""
import math

MASK = (1 << 64) - 1
STRIDE = 64
GRID = 4294967296.0


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uniform(seed, unit, k):
    counter = unit * STRIDE + k + 1
    return (mix((mix(seed) + counter * 0x9E3779B97F4A7C15) & MASK) >> 11) / 9007199254740992.0


def normal(seed, unit, k):
    """Box and Muller (1958), from the uniforms 2k and 2k + 1."""
    a, b = uniform(seed, unit, 2 * k), uniform(seed, unit, 2 * k + 1)
    return math.sqrt(-2.0 * math.log(1.0 - a)) * math.cos(2.0 * math.pi * b)


def grid(v):
    return math.floor(v * GRID + 0.5) / GRID


def cd31(seed, u):
    logs = [uniform(seed, u, k) * math.log(10.0) for k in range(3)]
    loss = 0.3 * abs(normal(seed, u, 4))
    y = math.exp(0.3 * logs[0] + 0.3 * logs[1] + 0.35 * logs[2] - loss)
    return [grid(math.exp(v)) for v in logs], [grid(y)]


def ces55(seed, u):
    logs = [0.5 * normal(seed, u, k) for k in range(5)]
    total = sum(math.exp(-0.5 * v) for v in logs) / 5.0
    size = math.exp(-1.8 * math.log(total) - 0.3 * abs(normal(seed, u, 5)))
    way = [abs(normal(seed, u, 6 + k)) + 0.05 for k in range(5)]
    length = math.sqrt(sum(v * v for v in way) / 5.0)
    return [grid(math.exp(v)) for v in logs], [grid(size * v / length) for v in way]


def sphere(seed, u, half, share):
    z = [abs(normal(seed, u, k)) for k in range(2 * half)]
    length = math.sqrt(sum(v * v for v in z))
    outside = uniform(seed, u, 4 * half) < share
    radius = 1.0 if outside else 0.6 + 0.35 * uniform(seed, u, 4 * half + 1)
    z = [grid(radius * v / length) for v in z]
    return [1.1 - v for v in z[:half]], z[half:]


def integers(seed, u):
    v = [1.0 + math.floor(5.0 * uniform(seed, u, k)) for k in range(5)]
    return v[:3], v[3:]


def zeros(seed, u):
    x = [0.05 + uniform(seed, u, k) for k in range(3)]
    kept = u % 4
    y = [0.05 + uniform(seed, u, 3 + k) if k == kept or uniform(seed, u, 7 + k) < 0.5 else 0.0 for k in range(4)]
    return x, y


def units(seed, u):
    """Every other column in units of 1e-6 or 1e9; sizes spread over several powers of ten."""
    size = 2.0 * normal(seed, u, 0)
    cell = [grid(math.exp(size + 0.7 * normal(seed, u, 1 + k))) + 2.0**-32 for k in range(5)]
    v = [c * (1e-6 if k % 2 == 0 else 1e9) for k, c in enumerate(cell)]
    return v[:3], v[3:]


def triples(seed, u):
    return cd31(seed, u // 3)


def collinear(seed, u, by):
    """Columns that differ from the first of their side by a share `by`."""
    size = normal(seed, u, 0)
    x = grid(math.exp(0.5 * size))
    y = grid(math.exp(0.45 * size - 0.3 * abs(normal(seed, u, 1))))
    near = lambda v, k: v * (1.0 + by * uniform(seed, u, 4 + k))
    return [x] + [near(x, k) for k in range(4)], [y] + [near(y, k) for k in range(4, 8)]


KINDS = {
    "cd31": cd31,
    "ces55": ces55,
    "sph22": lambda s, u: sphere(s, u, 2, 0.5),
    "sph55": lambda s, u: sphere(s, u, 5, 0.5),
    "integers": integers,
    "zeros": zeros,
    "units": units,
    "triples": triples,
    "collinear-3": lambda s, u: collinear(s, u, 1e-3),
    "collinear-4": lambda s, u: collinear(s, u, 1e-4),
    "collinear-5": lambda s, u: collinear(s, u, 1e-5),
    "collinear-6": lambda s, u: collinear(s, u, 1e-6),
    "collinear-7": lambda s, u: collinear(s, u, 1e-7),
}


def columns(kind, n, seed):
    """Inputs and outputs, variable by variable."""
    rows = [KINDS[kind](seed, u) for u in range(n)]
    turn = lambda side: [list(c) for c in zip(*(r[side] for r in rows))]
    return turn(0), turn(1)
