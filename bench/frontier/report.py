"""The report: tables in Markdown."""

import datetime
import json
import math
import os
import pathlib
import platform
import subprocess

from compare import AGREEMENT, Side, numbers, once
from plan import GOALS, GROWTH

HERE = pathlib.Path(__file__).resolve().parent


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
                alone = ["(ours alone)", "–", "–", ours, text(c.ours.wall), c.verdict or "certified", "–"]
                rows.append([c.entry.case, c.entry.task, density, *alone])
                continue
            ratio = c.ratio(name)
            result = f"**{text(ratio)}**" if not math.isnan(ratio) else f"NO RATIO: {side.error or c.verdict}"
            far = text(max(side.far), 2) if side.far and name != "highs" else "–"
            theirs = [name, f"{text(side.cpu)} ({len(side.runs)})", text(side.wall)]
            rows.append([c.entry.case, c.entry.task, density, *theirs, ours, text(c.ours.wall), result, far])
    head = ["case", "task", "frontier", "rival", "rival CPU s (runs)", "wall", "ours CPU s", "wall", "ratio"]
    return table([*head, "rival's largest error"], rows)


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
    solved = [c for c in comparisons if c.ours.runs]
    off = sum(sum(d > AGREEMENT for d in c.ours.far) for c in solved)
    loose = sum(c.ours.runs[-1]["programs"] - c.ours.runs[-1]["certified"] for c in solved)
    verdict = "not run" if not solved else "missed" if off or loose else "met"
    rows.append(["G12", "every case", "0 off, 0 uncertified", f"{off} off, {loose} uncertified", "–", verdict])
    return table(["goal", "case", "floor", "measured", "stretch", "verdict"], rows)


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
            times = [text(side.cpu), text(side.cpu / n * 1e6), text(power, 2)]
            rows.append([case, run["frontier"], f"{share:.1%}", *times, text(peak), loose])
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
        row = [c.entry.case, run["frontier"], text(flops / 1e9), text(rate["gigaflops"]), text(floor), text(c.ours.cpu / floor)]
        floors.append(row)
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
        f"{model}, {os.cpu_count()} cores, {' '.join(flags)}; load {load}. "
        f"Python {platform.python_version()}; {', '.join(versions)}.\n"
    )
