#!/usr/bin/env python3
"""Times our GEKS over Törnqvist beside pyindexnum on one table and prints a report in Markdown. See README.md."""

import argparse
import csv
import json
import math
import pathlib
import random
import statistics
import subprocess
import tempfile
import venv

HERE = pathlib.Path(__file__).resolve().parent


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--periods", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--venv", type=pathlib.Path, default=HERE / ".venv")
    parser.add_argument("--binary", type=pathlib.Path, help="built with `cargo build --release -p bench-tfp` by default")
    a = parser.parse_args()
    python = a.venv / "bin/python"
    if not python.exists():
        venv.create(a.venv, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], check=True)
    binary = a.binary
    if binary is None:
        build = ["cargo", "build", "--release", "--locked", "-p", "bench-tfp", "--message-format", "json"]
        done = subprocess.run(build, cwd=HERE, stdout=subprocess.PIPE, text=True, check=True)
        messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        binary = next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "bench-indices")
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "table.csv"
        write_table(table, a.products, a.periods)
        ours = timed([str(binary), str(table), str(a.repeats)])
        rival = timed([str(python), str(HERE / "rivals/pyindexnum_.py"), str(table), "1"])
    gap = max(abs(x / y - 1) for x, y in zip(ours["index"], rival["index"], strict=True))
    mine, theirs = statistics.median(ours["seconds"]), statistics.median(rival["seconds"])
    print(f"GEKS-Törnqvist, {a.products} products, {a.periods} periods; medians; largest relative difference {gap:.1e}\n")
    print("| | seconds | times ours |\n|---|---:|---:|")
    print(f"| ours | {mine:.4f} | 1 |\n| pyindexnum 0.4.0 | {theirs:.3f} | {theirs / mine:.0f} |")
    if (a.products, a.periods) == (500, 60):
        print(f"| IndexNumR 0.6.0, recorded, another machine | 1.3 | {1.3 / mine:.0f} |")


if __name__ == "__main__":
    main()
