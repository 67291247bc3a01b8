#!/usr/bin/env python3
"""Times index numbers beside pyindexnum, growth accounts and production functions; prints a report in Markdown. See README.md."""

import argparse
import csv
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from programs import built, python_with  # noqa: E402


def write_table(path, products, periods):
    """Prices that wander and quantities that answer them with elasticity 2; seed fixed."""
    draw = random.Random(5)
    logs = [draw.gauss(0, 1) for _ in range(products)]
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["period", "product", "price", "quantity"])
        for t in range(periods):
            for i in range(products):
                logs[i] += draw.gauss(0.002, 0.05)
                out.writerow([t, i, repr(math.exp(logs[i])), repr(math.exp(draw.gauss(3, 0.5) - 2 * logs[i]))])


def timed(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def index_numbers(a, ours):
    python = python_with(HERE / "requirements.txt", a.venv)
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "table.csv"
        write_table(table, a.products, a.periods)
        ours = timed([str(ours), str(table), str(a.repeats)])
        rival = timed([python, str(HERE / "rivals/pyindexnum_.py"), str(table), "1"])
    gap = max(abs(x / y - 1) for x, y in zip(ours["index"], rival["index"], strict=True))
    mine, theirs = statistics.median(ours["seconds"]), statistics.median(rival["seconds"])
    print(f"GEKS-Törnqvist, {a.products} products, {a.periods} periods; medians; largest relative difference {gap:.1e}\n")
    print("| | seconds | times ours |\n|---|---:|---:|")
    print(f"| ours | {mine:.4f} | 1 |\n| pyindexnum 0.4.0 | {theirs:.3f} | {theirs / mine:.0f} |")
    if (a.products, a.periods) == (500, 60):
        print(f"| IndexNumR 0.6.0, recorded, another machine | 1.3 | {1.3 / mine:.0f} |")


def accounts(a, ours):
    if not a.pwt.exists():
        print(f"\nPenn World Table: left out, {a.pwt} is not there (give it with --pwt)")
        return
    found = timed([str(ours), str(a.pwt), str(a.repeats)])
    (rates, levels), (rate, level) = found["counts"], found["differences"]
    seconds = statistics.median(found["seconds"])
    print(f"\nPenn World Table 10.01, {rates} growth rates and {levels} levels; largest differences in logs {rate:.1e} and {level:.1e}: {seconds:.4f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--periods", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--venv", type=pathlib.Path, default=HERE / ".venv")
    parser.add_argument("--pwt", type=pathlib.Path, default=HERE / "../../../shared/reference/tfp/C08_pwt1001/data.csv")
    parser.add_argument("--firms", action="store_true", help="production functions too: two minutes and 1.5 GB")
    parser.add_argument("--binaries", type=pathlib.Path, help="folder of the programs; built in release by default")
    a = parser.parse_args()
    bench = ("-p", "bench-tfp")
    programs = {name: a.binaries / name if a.binaries else built("bin", name, *bench) for name in ("bench-indices", "bench-accounts")}
    index_numbers(a, programs["bench-indices"])
    accounts(a, programs["bench-accounts"])
    if a.firms:
        example = ("-p", "tfp", "--example", "production_speed")
        speed = a.binaries / "examples/production_speed" if a.binaries else built("example", "production_speed", *example)
        print("\nAckerberg-Caves-Frazer; CPU seconds of all threads\n")
        print(subprocess.run([str(speed), "all"], check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
