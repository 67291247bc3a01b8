#!/usr/bin/env python3
"""Runs our kernel and its rivals in turns and prints one report in Markdown. See README.md for the rules."""

import argparse
import csv
import gzip
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import venv
from dataclasses import replace

from compare import SCRIPTS, Comparison, Process, once
from plan import GOALS, GROWTH, MODES, Entry
from report import comparison_table, exactness_table, goal_table, growth_tables, machine, roofline_tables, threads_table

HERE = pathlib.Path(__file__).resolve().parent


def prepare(arguments):
    """The environment of the rivals and the binary of ours."""
    python = arguments.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"installing the rivals into {arguments.venv}", file=sys.stderr)
        venv.create(arguments.venv, with_pip=True)
    stamp, wanted = arguments.venv / "installed.txt", (HERE / "requirements.txt").read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        for line in wanted.split():  # one that does not install is left out, and said so
            together = ["--constraint", str(HERE / "requirements.txt")]
            done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", line, *together])
            if done.returncode:
                print(f"{line} does not install here and is left out", file=sys.stderr)
        stamp.write_text(wanted)
    binary = arguments.binary
    if binary is None:
        build = ["cargo", "build", "--release", "--locked", "--package", "bench-frontier", "--message-format", "json"]
        done = subprocess.run(build, cwd=HERE, stdout=subprocess.PIPE, text=True, check=True)
        messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        binary = next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "bench-frontier")
    return python, pathlib.Path(binary)


def take_dula(path, data):
    """Dulá's table (two inputs, three outputs, no header) as a case; its name."""
    opened = gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)
    with opened as file:
        rows = [[float(x) for x in row] for row in csv.reader(file)]
    name = f"dula-{len(rows)}"
    with open(data / f"{name}.f64", "wb") as file:
        for column in zip(*rows):
            file.write(struct.pack(f"<{len(rows)}d", *column))
    shape = {"units": len(rows), "inputs": 2, "outputs": 3, "bad_outputs": 0, "periods": 1}
    (data / f"{name}.json").write_text(json.dumps(shape))
    return name


def main():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "xinzhi-bench-frontier"
    parser = argparse.ArgumentParser(description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", action="store_const", const="quick", dest="mode", help="at most 1,000 units, not for citing")
    mode.add_argument("--long", action="store_const", const="long", dest="mode", help="20,000 units with HiGHS, millions of ours")
    mode.add_argument("--families", action="store_const", const="families", dest="mode", help="every other family, one row each")
    parser.add_argument("--only", default="", help="comma-separated parts of CASE TASK: run only entries that contain one")
    parser.add_argument("--skip", default="", help="comma-separated rivals to leave out")
    parser.add_argument("--dula", type=pathlib.Path, help="Dulá's table of 100,000 x 5 (CSV, may be gzipped)")
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds after which one run is stopped")
    parser.add_argument("--venv", type=pathlib.Path, default=cache / "venv", help="environment of the rivals, made if absent")
    parser.add_argument("--data", type=pathlib.Path, default=cache / "data", help="folder of the cases")
    parser.add_argument("--binary", type=pathlib.Path, help="bench-frontier; built if not given")
    parser.add_argument("--out", type=pathlib.Path, help="file for the report")
    arguments = parser.parse_args()
    mode = arguments.mode or "default"
    python, binary = prepare(arguments)
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)

    entries = list(MODES[mode])
    if arguments.dula:
        entries.append(Entry(take_dula(arguments.dula, data), "l1", ()))
    only, skip = [part for part in arguments.only.split(",") if part], arguments.skip.split(",")
    entries = [e for e in entries if not only or any(part in f"{e.case} {e.task}" for part in only)]
    entries = [replace(e, rivals=tuple(r for r in e.rivals if r not in skip)) for e in entries]
    generated = {e.case for e in entries if not e.case.startswith("dula")} | {"cd31-50"}
    subprocess.run([str(binary), "--data", str(data), "write", *sorted(generated)], check=True)

    sides = {}
    for name, (script, *variant) in SCRIPTS.items():
        sides[name] = Process(name, [str(python), str(HERE / "rivals" / script), str(data), *variant])
    sides["ours"] = Process("ours", [str(binary), "--data", str(data), "serve"])
    comparisons, peaks = [], {}
    try:
        for entry in entries:
            print(f"{entry.case} {entry.task}: {', '.join(entry.rivals) or 'ours alone'}", file=sys.stderr, flush=True)
            done = Comparison(entry, sides, mode in ("quick", "families"), arguments.limit)
            comparisons.append(done)
            print("  " + (done.verdict or ", ".join(f"{done.ratio(r):.4g} x {r}" for r in entry.rivals)), file=sys.stderr)
            if any(g.unit == "megabytes" and (g.case, g.task) == (entry.case, entry.task) for g in GOALS):
                peaks[entry.case, entry.task] = once(binary, data, entry.case, entry.task).get("peak_megabytes", math.nan)
        report = [
            f"# Frontier kernel and rivals ({mode})\n",
            machine(python, binary),
            "CPU seconds, user and system, one thread on each side, medians; rivals and ours in turns.\n",
            "## Comparison\n",
            comparison_table(comparisons),
            "## Exactness\n",
            exactness_table(comparisons),
            "## Goals\n",
            goal_table(comparisons, peaks),
        ]
        if not only and mode in GROWTH:
            report += ["## Growth\n", growth_tables(sides, binary, data, mode, arguments.limit)]
            report += ["## Threads\n", threads_table(binary, data, comparisons)]
            report += ["## Roofline\n", roofline_tables(binary, data, comparisons)]
    finally:
        for side in sides.values():
            side.close()
    report = "\n".join(report)
    if arguments.out:
        arguments.out.write_text(report)
    print(report)


if __name__ == "__main__":
    main()
