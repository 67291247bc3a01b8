"""What is compared with whom, and what must come out: the goals, floor and stretch."""

from dataclasses import dataclass

HIGHS = ("highs", "highs-ordered", "highs-frontier")
PACKAGES = ("dealib", "deapack", "frontierguard-dea", "orange3-dea", "pyfrontier")
NASTY = ("ties", "zeros", "wild", "triples", "collinear-3", "collinear-4", "collinear-5", "collinear-6", "collinear-7")


@dataclass(frozen=True)
class Entry:
    """One case and task, with its rivals in order; HiGHS first, for it is the oracle."""

    case: str
    task: str
    rivals: tuple = ("highs",)
    #: A family that HiGHS is not written for here: packages check the values, to their own tolerance.
    family: bool = False


QUICK = [
    Entry("cd31-200", "l1", (*HIGHS, "dealib", "linprog", "frontierguard-dea", "orange3-dea", "pyfrontier")),
    Entry("cd31-200", "l2", ("highs", "dealib", "frontierguard-dea", "orange3-dea")),
    Entry("ces55-200", "l1", (*HIGHS, "dealib", "orange3-dea")),
    Entry("cd31-1000", "l1", (*HIGHS, "dealib")),
    Entry("ces55-1000", "l1", HIGHS),
    Entry("sph55-p50-1000", "l1", HIGHS),
    Entry("cd31-200", "sbm", ("highs", "frontierguard-dea", "orange3-dea")),
    Entry("panel-31-20", "sbm", ("highs", "frontierguard-dea", "orange3-dea")),
    Entry("panel-31-20", "ddf", ("highs", "frontierguard-dea", "orange3-dea")),
    Entry("panel-31-20", "malmquist", ("highs", "dealib", "frontierguard-dea", "orange3-dea")),
    Entry("panel-31-20", "ml", ("highs", "orange3-dea")),
    Entry("panel-31-20", "gml", ("highs",)),
    *(Entry(f"{name}-300", "l1") for name in NASTY),
]
DEFAULT = [
    *(entry for entry in QUICK if entry.case != "cd31-1000" and not entry.case.endswith("-300")),
    Entry("cd31-1000", "l1", (*HIGHS, "dealib", "linprog", "frontierguard-dea", "orange3-dea")),
    Entry("cd31-1000", "l2", ("highs", "dealib", "frontierguard-dea", "orange3-dea")),
    Entry("cd31-1000", "sbm", ("highs", "frontierguard-dea", "orange3-dea")),
    Entry("cd31-5000", "l1", HIGHS),
    Entry("ces55-5000", "l1", HIGHS),
    Entry("sph55-p50-5000", "l1", HIGHS),
    Entry("panel-500-10", "malmquist", ("highs", "dealib", "frontierguard-dea", "orange3-dea")),
    Entry("panel-500-10", "sbm", ("highs", "frontierguard-dea", "orange3-dea")),
    Entry("panel-500-10", "ddf", ("highs", "frontierguard-dea", "orange3-dea")),
    Entry("panel-500-10", "ml", ("highs", "orange3-dea")),
    Entry("panel-500-10", "gml", ("highs",)),
    *(Entry(f"{name}-1500", "l1") for name in NASTY),
]
LONG = [
    *DEFAULT,
    Entry("cd31-5000", "l2", ("highs",)),
    Entry("cd31-20000", "l1", ("highs",)),
    Entry("ces55-100000", "l1", ()),
    Entry("cd31-1000000", "l1", ()),
    Entry("sph55-p1-1000000", "l1", ()),
    Entry("cd31-10000000", "l1", ()),
]


def family(case, task, *rivals):
    """A family of models beside the packages that offer it."""
    return Entry(case, task, rivals or ("deapack",), True)


def alone(case, task):
    """A family that no package here offers."""
    return Entry(case, task, (), True)


BOTH = ("deapack", "orange3-dea")
FAMILIES = [
    family("mixed-1000-1", "fdh", *BOTH),
    family("mixed-1000-1", "replication"),
    family("mixed-1000-1", "super", "orange3-dea"),
    family("mixed-1000-1", "additive", *BOTH),
    family("mixed-1000-1", "ram"),
    family("mixed-1000-1", "super-sbm", *BOTH),
    family("mixed-1000-1", "bad-sbm"),
    family("mixed-1000-1", "russell", *BOTH),
    family("mixed-1000-1", "ebm"),
    family("mixed-1000-1", "rdm"),
    family("mixed-1000-1", "kuosmanen"),
    family("mixed-1000-1", "super-ddf"),
    family("mixed-200-1", "generalised"),
    family("mixed-1000-1", "cost", *BOTH),
    family("mixed-1000-1", "revenue", *BOTH),
    family("mixed-1000-1", "profit"),
    family("mixed-200-1", "cross", "orange3-dea"),
    family("mixed-1000-1", "metafrontier", *BOTH),
    family("ces55-1000", "relational", *BOTH),
    family("ces55-1000", "chen-additive", *BOTH),
    family("ces55-1000", "network"),
    family("mixed-100-3", "dynamic"),
    family("panel-1000-1", "by-production"),
    family("mixed-1000-1", "materials-balance"),
    family("mixed-1000-1", "order-alpha", "orange3-dea"),
    family("mixed-1000-1", "layers", "orange3-dea"),
    family("mixed-250-4", "window", "orange3-dea"),
    family("mixed-500-2", "global", *BOTH),
    family("mixed-500-2", "biennial"),
    family("mixed-500-2", "apz"),
    family("mixed-500-2", "luenberger"),
    family("mixed-500-2", "hicks-moorsteen"),
    family("mixed-200-1", "hyperbolic"),
    alone("mixed-1000-1", "modified"),
    alone("mixed-1000-1", "closest"),
    family("mixed-1000-1", "capacity", *BOTH),
    alone("mixed-1000-1", "merger"),
    alone("mixed-1000-1", "common-weights"),
    family("mixed-1000-1", "canonical", "orange3-dea"),
    family("mixed-20-1", "game"),
    family("mixed-1000-1", "assurance", *BOTH),
    family("mixed-200-1", "assurance", "pyfrontier"),
    alone("mixed-500-2", "fare-primont"),
    alone("mixed-500-2", "lowe"),
    family("mixed-1000-1", "order-m", "orange3-dea"),
    alone("mixed-1000-1", "integer"),
    alone("mixed-1000-1", "nddf"),
    family("mixed-1000-1", "energy-carbon"),
]
MODES = {"quick": QUICK, "default": DEFAULT, "long": LONG, "families": FAMILIES}

#: Cases of the two tables of growth (ours alone): with the number of units, and with the share of extreme units.
GROWTH = {
    "quick": (["cd31-200", "cd31-500", "cd31-1000"], [f"sph22-p{p}-1000" for p in (1, 10, 25, 50)]),
    "default": (["cd31-200", "cd31-1000", "cd31-5000", "cd31-20000"], [f"sph22-p{p}-5000" for p in (1, 10, 25, 50)]),
    "long": (
        ["cd31-1000", "cd31-5000", "cd31-20000", "cd31-100000", "cd31-1000000"],
        [f"{family}-p{p}-20000" for family in ("sph22", "sph55") for p in (1, 10, 50)],
    ),
}


@dataclass(frozen=True)
class Goal:
    """`rival` is a name, `packages` for the fastest DEA package, or None for an absolute figure of ours."""

    id: str
    case: str
    task: str
    rival: str | None
    floor: float
    stretch: float | None = None
    #: `ratio` at least, or `seconds` or `megabytes` at most.
    unit: str = "ratio"


GOALS = [
    Goal("G1", "cd31-5000", "l1", "highs", 1200, 3000),
    Goal("G2", "cd31-1000", "l1", "packages", 1500, 3000),
    Goal("G2", "cd31-1000", "l1", "highs", 250, 600),
    Goal("G3", "ces55-5000", "l1", "highs", 200, 500),
    Goal("G3", "sph55-p50-5000", "l1", "highs", 180, 500),
    Goal("G4", "cd31-20000", "l1", "highs", 6000, 15000),
    Goal("G5", "ces55-5000", "l1", "highs-frontier", 80, 250),
    Goal("G5", "cd31-5000", "l1", "highs-frontier", 120, 250),
    Goal("G6", "cd31-1000000", "l1", None, 1.5, 0.5, "seconds"),
    Goal("G6", "cd31-1000000", "l1", None, 150, None, "megabytes"),
    Goal("G6", "sph55-p1-1000000", "l1", None, 35, 12, "seconds"),
    Goal("G7", "ces55-100000", "l1", None, 12, 4, "seconds"),
    Goal("G9", "panel-500-10", "malmquist", None, 0.04, 0.015, "seconds"),
    Goal("G9", "panel-500-10", "malmquist", "dealib", 1300),
    Goal("G10", "cd31-1000", "sbm", None, 0.012, 0.005, "seconds"),
    Goal("G10", "cd31-1000", "sbm", "orange3-dea", 700),
    Goal("G13", "cd31-1000000", "l1", None, 200, None, "megabytes"),
    Goal("G13", "sph55-p1-1000000", "l1", None, 200, None, "megabytes"),
    Goal("10 M", "cd31-10000000", "l1", None, 4096, None, "megabytes"),
    Goal("Dulá", "dula-100000", "l1", None, 5, None, "seconds"),
    Goal("panel", "panel-500-10", "sbm", "packages", 100),
    Goal("panel", "panel-500-10", "ddf", "packages", 100),
    Goal("panel", "panel-500-10", "ml", "packages", 100),
    Goal("panel", "panel-500-10", "gml", "highs", 100),
    *(Goal("31 × 20", "panel-31-20", task, None, 0.05, None, "seconds") for task in ("sbm", "ddf", "malmquist", "ml", "gml")),
]
