#!/usr/bin/env python3
"""Runs our kernel and its rivals in turns and prints one report in Markdown. See README.md for the rules."""

import argparse
import csv
import datetime
import gzip
import json
import math
import os
import pathlib
import platform
import queue
import statistics
import struct
import subprocess
import sys
import threading
import venv
from array import array

from plan import GOALS, GROWTH, MODES, PACKAGES, Entry

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = {
    "highs": ["highs.py"],
    "highs-ordered": ["highs.py", "ordered"],
    "highs-frontier": ["highs.py", "frontier"],
    "linprog": ["linprog.py"],
    "dealib": ["dealib_.py"],
    "frontierguard-dea": ["frontierguard_.py"],
    "orange3-dea": ["orange.py"],
    "pyfrontier": ["pyfrontier_.py"],
}
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON", "VECLIB")}
#: Agreement that a ratio needs, absolute for scores and distances, relative for indices (which are near 1).
AGREEMENT = 1e-9


class Process:
    """A side of the comparison: asked for one run at a time."""

    def __init__(self, name, command):
        self.name, self.command, self.process = name, command, None

    def ask(self, case, task, limit):
        """The answer; a process over the limit is ended and started anew for the next request."""
        if self.process is None:
            environment = os.environ | ONE_THREAD
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=environment)
            self.answers = queue.Queue()
            threading.Thread(target=self._listen, args=(self.process, self.answers), daemon=True).start()
            if task != "sample" and self.name != "highs-frontier":
                self.ask("cd31-50", "l1", limit)  # warm-up: imports, pools, first calls
        try:
            self.process.stdin.write(f"run {case} {task}\n")
            self.process.stdin.flush()
            line = self.answers.get(timeout=limit)
        except queue.Empty:
            self.close()
            return {"error": f"stopped after {limit:.0f} s"}
        except OSError:
            line = None
        if line is None:
            self.close()
            return {"error": "the process ended"}
        return json.loads(line)

    @staticmethod
    def _listen(process, answers):
        for line in process.stdout:
            answers.put(line)
        answers.put(None)

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def numbers(path):
    out = array("d")
    with open(path, "rb") as file:
        out.frombytes(file.read())
    if sys.byteorder == "big":
        out.byteswap()
    return out


def distances(found, wanted, relative=False):
    """|difference| of each value; infinite where one side has none."""
    if len(found) != len(wanted):
        return [math.inf]
    out = []
    for a, b in zip(found, wanted):
        gap = 0.0 if math.isnan(a) and math.isnan(b) else abs(a - b)
        out.append(math.inf if math.isnan(gap) else gap / max(1.0, abs(b)) if relative else gap)
    return out


class Side:
    """Runs of one side in one entry."""

    def __init__(self):
        self.runs, self.error, self.far = [], None, []

    def add(self, answer):
        if "error" in answer:
            self.error = answer["error"]
        else:
            self.runs.append(answer)

    def wanted(self, quick):
        """Runs that a median needs: 5, 3 beyond 10 s, 1 for the very long; fewer in a quick look."""
        if not self.runs:
            return 0 if self.error else 1
        wall = self.runs[0]["wall"]
        if quick:
            return 1 if wall > 1.0 else 3
        return 1 if wall > 60 else 3 if wall > 10 else 5

    @property
    def cpu(self):
        return statistics.median(run["cpu"] for run in self.runs) if self.runs else math.nan

    @property
    def wall(self):
        return statistics.median(run["wall"] for run in self.runs) if self.runs else math.nan


class Comparison:
    """One entry of the plan, run in turns: rival, ours, next rival, ours, ..."""

    def __init__(self, entry, sides, quick, limit):
        self.entry = entry
        self.ours, self.rivals = Side(), {name: Side() for name in entry.rivals}
        order = [(name, self.rivals[name]) for name in entry.rivals]
        while True:
            open_rivals = [(name, side) for name, side in order if len(side.runs) < side.wanted(quick)]
            ours_open = len(self.ours.runs) < self.ours.wanted(quick)
            if not open_rivals and not ours_open:
                break
            for name, side in open_rivals or [(None, None)]:
                if name:
                    side.add(sides[name].ask(entry.case, entry.task, limit))
                if not self.ours.error and (ours_open or not self.ours.runs or self.ours.runs[0]["wall"] < 2.0):
                    self.ours.add(sides["ours"].ask(entry.case, entry.task, limit))
        self.verdict = self._judge(sides, limit)

    def _judge(self, sides, limit):
        """Why no ratio counts, or None."""
        relative = self.entry.task in ("malmquist", "ml", "gml")
        oracle = self.rivals.get("highs")
        if oracle and oracle.runs:
            truth = numbers(oracle.runs[-1]["values"])
            for side in [self.ours, *self.rivals.values()]:
                if side.runs:
                    side.far = distances(numbers(side.runs[-1]["values"]), truth, relative)
        if not self.ours.runs:
            return self.ours.error
        run = self.ours.runs[-1]
        if run["certified"] < run["programs"]:
            return f"{run['programs'] - run['certified']} of {run['programs']} programs not certified"
        if not self.ours.far:
            if self.entry.rivals or self.entry.task != "l1":
                return "no oracle"
            if run["units"] > 2_000_000:  # more than HiGHS holds; certified all the same
                return None
            answer = sides["highs"].ask(self.entry.case, "sample", limit)
            if "error" in answer:
                return f"no oracle: {answer['error']}"
            values = numbers(run["values"])
            rows = [int(r) for r in numbers(answer["second"])]
            self.ours.far = distances([values[r] for r in rows], numbers(answer["values"]))
        off = sum(d > AGREEMENT for d in self.ours.far)
        if off:
            return f"{off} of {len(self.ours.far)} values differ from HiGHS by more than {AGREEMENT:g}"
        return self._second()

    def _second(self):
        """The largest sum of slacks of the full product is one number as well."""
        if self.entry.task != "l2" or not self.rivals["highs"].runs:
            return None
        truth = numbers(self.rivals["highs"].runs[-1]["second"])
        gap = max(distances(numbers(self.ours.runs[-1]["second"]), truth))
        return None if gap <= 1e-7 * max(truth) else f"sums of slacks differ from HiGHS by up to {gap:.1e}"

    def ratio(self, rival):
        side = self.rivals.get(rival)
        if self.verdict or not side or not side.runs or self.ours.cpu <= 0:
            return math.nan
        return side.cpu / self.ours.cpu

    def fastest_package(self):
        solved = [name for name in PACKAGES if name in self.rivals and self.rivals[name].runs]
        return min(solved, key=lambda name: self.rivals[name].cpu, default=None)


def text(x, digits=3):
    """A number in few characters."""
    if x is None or math.isnan(x):
        return "–"
    if math.isinf(x):
        return "∞"
    if x == 0:
        return "0"
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.{digits}g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def comparison_table(comparisons):
    rows = []
    for c in comparisons:
        run = c.ours.runs[-1] if c.ours.runs else {}
        density = f"{run['frontier'] / run['units']:.1%}" if run.get("frontier") is not None else "–"
        ours = text(c.ours.cpu) if c.ours.runs else "–"
        for name, side in c.rivals.items() or [(None, None)]:
            if name is None:
                rows.append([c.entry.case, c.entry.task, density, "(ours alone)", "–", "–", ours, text(c.ours.wall), c.verdict or "certified", "–"])
                continue
            ratio = c.ratio(name)
            result = f"**{text(ratio)}**" if not math.isnan(ratio) else f"NO RATIO: {side.error or c.verdict}"
            far = text(max(side.far), 2) if side.far and name != "highs" else "–"
            rows.append([c.entry.case, c.entry.task, density, name, f"{text(side.cpu)} ({len(side.runs)})", text(side.wall), ours, text(c.ours.wall), result, far])
    head = ["case", "task", "frontier", "rival", "rival CPU s (runs)", "wall", "ours CPU s", "wall", "ratio", "rival's largest error"]
    return table(head, rows)


def exactness_table(comparisons):
    rows = []
    for c in comparisons:
        if not c.ours.runs:
            continue
        run, far = c.ours.runs[-1], c.ours.far
        off = sum(d > AGREEMENT for d in far) if far else "–"
        certified = f"{run['certified']} / {run['programs']}"
        widest = "no bound" if run["widest"] is None else text(run["widest"], 2)
        checked = f"{len(far)} of {len(numbers(run['values']))}" if far else "none"
        rows.append([c.entry.case, c.entry.task, certified, widest, checked, text(max(far), 2) if far else "–", off])
    return table(["case", "task", "certified", "widest interval", "checked", "largest difference", "off by > 1e-9"], rows)


def goal_table(comparisons, peaks):
    found = {(c.entry.case, c.entry.task): c for c in comparisons}
    rows = []
    for goal in GOALS:
        c = found.get((goal.case, goal.task))
        if c is None:
            continue
        if goal.unit == "ratio":
            rival = c.fastest_package() if goal.rival == "packages" else goal.rival
            measured, what = c.ratio(rival), f"≥ {goal.floor:g} × {rival or 'packages'}"
        else:
            measured = c.ours.cpu if goal.unit == "seconds" else peaks.get((goal.case, goal.task), math.nan)
            measured = math.nan if c.verdict else measured
            what = f"≤ {goal.floor:g} {'CPU s' if goal.unit == 'seconds' else 'MB'}"

        def met(bound):
            return bound is not None and (measured >= bound if goal.unit == "ratio" else measured <= bound)

        verdict = "stretch" if met(goal.stretch) else "met" if met(goal.floor) else "missed"
        if math.isnan(measured):
            verdict = f"NO RATIO: {c.verdict}" if c.verdict else "not run"
        rows.append([goal.id, f"{goal.case} {goal.task}", what, text(measured), text(goal.stretch), verdict])
    l1 = [c for c in comparisons if c.ours.runs]
    off = sum(sum(d > AGREEMENT for d in c.ours.far) for c in l1)
    loose = sum(c.ours.runs[-1]["programs"] - c.ours.runs[-1]["certified"] for c in l1)
    rows.append(["G12", "every case", "0 off, 0 uncertified", f"{off} off, {loose} uncertified", "–", "missed" if off or loose else "met"])
    return table(["goal", "case", "floor", "measured", "stretch", "verdict"], rows)


def once(binary, data, case, task, threads=1):
    """One run of ours in a fresh process: peak memory, or more threads."""
    command = [str(binary), "--data", str(data), "--threads", str(threads), "run", case, task]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.strip()}


def growth_tables(sides, binary, data, mode, limit):
    out = []
    for title, cases in zip(("with the number of units", "with the share of extreme units"), GROWTH[mode]):
        rows, before = [], None
        for case in cases:
            side = Side()
            while len(side.runs) < side.wanted(mode == "quick"):
                side.add(sides["ours"].ask(case, "l1", limit))
            if side.error:
                rows.append([case, side.error, *["–"] * 6])
                break
            run = side.runs[-1]
            n, share = run["units"], run["frontier"] / run["units"]
            power = math.log(side.cpu / before[1]) / math.log(n / before[0]) if before and before[0] != n else math.nan
            before = (n, side.cpu)
            peak = once(binary, data, case, "l1").get("peak_megabytes")
            loose = run["programs"] - run["certified"]
            rows.append([case, f"{run['frontier']}", f"{share:.1%}", text(side.cpu), text(side.cpu / n * 1e6), text(power, 2), text(peak), loose])
        head = ["case", "frontier", "share", "CPU s", "µs / unit", "exponent of N", "peak MB", "uncertified"]
        out.append(f"### Growth {title}\n\n" + table(head, rows))
    return "\n".join(out)


def threads_table(binary, data, comparisons):
    """Two threads, ours alone: CPU must stay, wall should halve."""
    rows = []
    largest = max((c for c in comparisons if c.ours.runs and c.entry.task == "l1"), key=lambda c: c.ours.cpu, default=None)
    for threads in (1, 2):
        run = once(binary, data, largest.entry.case, "l1", threads) if largest else {"error": "nothing ran"}
        if "error" not in run:
            rows.append([largest.entry.case, threads, text(run["cpu"]), text(run["wall"])])
    return table(["case", "threads", "CPU s", "wall s"], rows)


def roofline_tables(binary, data, comparisons):
    report = json.loads(subprocess.run([str(binary), "roofline"], capture_output=True, text=True, check=True).stdout)
    rows = []
    for rate in report["rates"]:
        size = f"{rate['bytes'] >> 10:,} KiB"
        rows.append([rate["kernel"], rate["dimension"] or "–", size, text(rate["gigaflops"]), text(rate["gigabytes"])])
    out = f"Loops dispatched to {report['instruction_set']}.\n\n"
    out += table(["loop", "dimension", "points", "GFlop/s", "GB/s"], rows)
    floors = []
    for c in comparisons:
        if c.entry.task != "l1" or not c.ours.runs or not c.ours.runs[-1]["frontier"]:
            continue
        run = c.ours.runs[-1]
        with open(pathlib.Path(data) / f"{c.entry.case}.json") as file:
            shape = json.load(file)
        dimension = shape["inputs"] + shape["outputs"]
        points = run["frontier"] * dimension * 4
        near = [r for r in report["rates"] if r["kernel"].startswith("f32") and (r["dimension"] == 10) == (dimension > 7)]
        rate = next((r for r in near if r["bytes"] >= points), near[-1])
        flops = 2.0 * run["units"] * run["frontier"] * dimension
        floor = flops / rate["gigaflops"] * 1e-9 + run["units"] * 0.15e-6
        floors.append([c.entry.case, run["frontier"], text(flops / 1e9), text(rate["gigaflops"]), text(floor), text(c.ours.cpu / floor)])
    head = ["case", "frontier", "GFlop of one certificate per unit", "rate GFlop/s", "floor CPU s", "ours / floor"]
    return out + "\n" + table(head, floors)


def machine(python, binary):
    flags, model = [], platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            lines = file.read().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
        known = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512dq", "asimd", "sve")
        have = next((line for line in lines if line.startswith(("flags", "Features"))), "").split()
        flags = [flag for flag in known if flag in have]
    except OSError:
        pass
    listed = subprocess.run([str(python), "-m", "pip", "list", "--format=json"], capture_output=True, text=True)
    wanted = [line.split("==")[0].lower() for line in (HERE / "requirements.txt").read_text().split()] + ["numpy"]
    versions = [f"{p['name']} {p['version']}" for p in json.loads(listed.stdout or "[]") if p["name"].lower() in wanted]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    commit = subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return (
        f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip() or '?'}. "
        f"{model}, {os.cpu_count()} cores, {' '.join(flags)}; load {load}. Python {platform.python_version()}; {', '.join(versions)}.\n"
    )


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
    mode.add_argument("--quick", action="store_const", const="quick", dest="mode", help="at most 1,000 units; not for citing")
    mode.add_argument("--long", action="store_const", const="long", dest="mode", help="20,000 units with HiGHS, a million of ours")
    parser.add_argument("--only", default="", help="comma-separated parts of CASE TASK: run only entries that contain one")
    parser.add_argument("--skip", default="", help="comma-separated rivals to leave out")
    parser.add_argument("--dula", type=pathlib.Path, help="Dulá's 100,000 x 5 table (CSV, may be gzipped); needs --long or --only")
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
    entries = [Entry(e.case, e.task, tuple(r for r in e.rivals if r not in skip)) for e in entries]
    generated = {e.case for e in entries if not e.case.startswith("dula")} | {"cd31-50"}
    subprocess.run([str(binary), "--data", str(data), "write", *sorted(generated)], check=True)

    sides = {name: Process(name, [str(python), str(HERE / "rivals" / script[0]), str(data), *script[1:]]) for name, script in SCRIPTS.items()}
    sides["ours"] = Process("ours", [str(binary), "--data", str(data), "serve"])
    comparisons, peaks = [], {}
    try:
        for entry in entries:
            print(f"{entry.case} {entry.task}: {', '.join(entry.rivals) or 'ours alone'}", file=sys.stderr, flush=True)
            comparisons.append(Comparison(entry, sides, mode == "quick", arguments.limit))
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
        if not only:
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
