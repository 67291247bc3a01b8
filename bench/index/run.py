#!/usr/bin/env python3
"""Times ranking methods and weights beside pymcdm and scikit-criteria; prints a report in Markdown. See README.md."""

import argparse
import array
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from programs import built, python_with  # noqa: E402

CRITERIA = 10
SIZES = (30, 300, 3_000, 30_000, 100_000)
AGREE = 1e-9
SCRIPTS = {"pymcdm": "pymcdm_.py", "scikit-criteria": "scikit_criteria.py"}
# What a rival computes in place of the method it names: docs/known-differences.md.
COMPUTES = {("pymcdm", "copras"): "copras-as-benefits"}


def write_table(path, rows):
    """Positive, skewed columns, one after the other; seed fixed."""
    draw = random.Random(rows)
    with open(path, "wb") as file:
        for _ in range(CRITERIA):
            array.array("d", (draw.lognormvariate(3, 0.5) for _ in range(rows))).tofile(file)


def read(path):
    values = array.array("d")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    return values


def difference(task, ours, theirs):
    """Largest difference as a share of the largest value; a matrix of theirs is by rows, places follow scores."""
    if task.startswith("scale-"):
        theirs = [x for j in range(CRITERIA) for x in theirs[j::CRITERIA]]
    if len(ours) != len(theirs):
        return float("inf")
    half = len(ours) // 2 if task.endswith("-places") else len(ours)
    gaps = [0.0]
    for part in (slice(0, half), slice(half, None)):
        largest = max((abs(x) for x in ours[part]), default=1.0)
        gaps.extend(abs(x - y) / largest for x, y in zip(ours[part], theirs[part]))
    return max(gaps) if all(gap == gap for gap in gaps) else float("inf")


def measured(sides, rows, a, folder):
    """`{side: {task: median CPU seconds}}` and the differences `{(rival, task): difference}`, sides in turns."""
    table = folder / "table.f64"
    write_table(table, rows)
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS")}
    seconds = {side: {} for side in sides}
    for _ in range(a.rounds):
        for side, command in sides.items():
            out = folder / side
            out.mkdir(exist_ok=True)
            command = [*command, str(table), str(CRITERIA), str(out), str(a.batches), *a.only]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | one)
            for task, batches in json.loads(done.stdout).items():
                seconds[side].setdefault(task, []).extend(batches)
    gaps = {}
    for side in sides:
        for task in seconds[side] if side != "ours" else ():
            mine = folder / "ours" / f"{COMPUTES.get((side, task), task)}.f64"
            if mine.exists():
                gaps[side, task] = difference(task, read(mine), read(folder / side / f"{task}.f64"))
    return {side: {task: statistics.median(batches) for task, batches in found.items()} for side, found in seconds.items()}, gaps


def show(seconds):
    micro = 1e6 * seconds
    return f"{micro:.1f}" if micro < 100 else f"{micro:,.0f}"


def report(results, sizes):
    """One table per rival; gives what does not hold."""
    slower, apart = [], []
    for rival in SCRIPTS:
        tasks = [t for t in dict.fromkeys(t for n in sizes for t in results[n][0][rival])]
        print(f"\n## {rival}\n\nMicroseconds of CPU, ours / theirs (how many times ours).\n")
        print("| | " + " | ".join(f"{n:,}" for n in sizes) + " | largest difference |")
        print("|---|" + "---:|" * (len(sizes) + 1))
        for task in tasks:
            cells, gap = [], 0.0
            for n in sizes:
                seconds, gaps = results[n]
                mine, theirs = seconds["ours"].get(task), seconds[rival].get(task)
                if theirs is None:
                    cells.append(f"{show(mine)} / -")
                    continue
                cells.append(f"{show(mine)} / {show(theirs)} ({theirs / mine:.3g})")
                gap = max(gap, gaps[rival, task])
                if mine > theirs:
                    slower.append(f"{rival} {task} {n:,}: {theirs / mine:.2f}")
            if gap > AGREE:
                apart.append(f"{rival} {task}: {gap:.1e}")
            note = " (computes " + COMPUTES[rival, task] + ")" if (rival, task) in COMPUTES else ""
            print(f"| {task}{note} | " + " | ".join(cells) + f" | {gap:.0e} |")
    print("\nAt least as fast everywhere: " + ("yes" if not slower else "no: " + "; ".join(slower)))
    print("\nAgreement to 1e-9 everywhere: " + ("yes" if not apart else "no: " + "; ".join(apart)))
    return slower + apart


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=lambda s: [int(n) for n in s.split(",")], default=list(SIZES), help="alternatives")
    parser.add_argument("--only", type=lambda s: s.split(","), default=[], help="comma-separated tasks")
    parser.add_argument("--rounds", type=int, default=3, help="how often the sides take turns")
    parser.add_argument("--batches", type=int, default=3, help="batches of calls in a turn")
    parser.add_argument("--venv", type=pathlib.Path, default=HERE / ".venv")
    parser.add_argument("--binaries", type=pathlib.Path, help="folder of the programs; built in release by default")
    parser.add_argument("--cities", type=int, metavar="COUNT", help="COUNT replicates of 3,000 cities x 20 years x 60 too")
    a = parser.parse_args()
    ours = a.binaries / "bench-index" if a.binaries else built("bin", "bench-index", "-p", "bench-index")
    python = python_with(HERE / "requirements.txt", a.venv)
    sides = {"ours": [str(ours)]} | {name: [python, str(HERE / "rivals" / script)] for name, script in SCRIPTS.items()}
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in a.sizes:
            print(f"{rows:,} alternatives", file=sys.stderr, flush=True)
            results[rows] = measured(sides, rows, a, pathlib.Path(folder))
    failed = report(results, a.sizes)
    if not a.only:
        example = ("-p", "index", "--example", "replicate_speed")
        speed = a.binaries / "examples/replicate_speed" if a.binaries else built("example", "replicate_speed", *example)
        cities = ["--cities", str(a.cities)] if a.cities else []
        print("\n## Replicates\n\n```")
        print(subprocess.run([str(speed), *cities], check=True, capture_output=True, text=True).stdout + "```")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
