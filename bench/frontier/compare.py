"""The sides of the comparison, and how they take turns."""

import json
import math
import os
import queue
import statistics
import subprocess
import sys
import threading
from array import array

from plan import PACKAGES

SCRIPTS = {
    "highs": ["highs.py"],
    "highs-ordered": ["highs.py", "ordered"],
    "highs-frontier": ["highs.py", "frontier"],
    "linprog": ["linprog.py"],
    "dealib": ["dealib_.py"],
    "deapack": ["deapack_.py"],
    "frontierguard-dea": ["frontierguard_.py"],
    "orange3-dea": ["orange.py"],
    "pyfrontier": ["pyfrontier_.py"],
}
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON", "VECLIB")}
#: Agreement that a ratio needs, absolute for scores and distances, relative for indices (which are near 1).
AGREEMENT = 1e-9
#: The same where a package is the only other side: the tolerance of its solver.
LOOSE = 1e-6


class Process:
    """A side of the comparison: asked for one run at a time."""

    def __init__(self, name, command):
        self.name, self.command, self.process = name, command, None

    def ask(self, case, task, limit):
        """The answer; a process over the limit is ended and started anew for the next request."""
        if self.process is None:
            environment = os.environ | ONE_THREAD
            pipe = subprocess.PIPE
            silent = subprocess.DEVNULL
            self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=silent, text=True, env=environment)
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
        cpu = self.runs[0]["cpu"]
        if quick:
            return 1 if cpu > 0.5 else 3
        return 1 if cpu > 60 else 3 if cpu > 10 else 5

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
                if not self.ours.error and (ours_open or not self.ours.runs or self.ours.runs[0]["cpu"] < 2.0):
                    self.ours.add(sides["ours"].ask(entry.case, entry.task, limit))
        self.verdict = self._judge(sides, limit)

    def _judge(self, sides, limit):
        """Why no ratio counts, or None."""
        relative = self.entry.task in ("malmquist", "ml", "gml")
        oracle = self.rivals.get("highs")
        if self.entry.family:
            return self._agreed()
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

    def _agreed(self):
        """Of a family, one package must agree, where one has it; each states its own gap to ours."""
        if not self.ours.runs:
            return self.ours.error
        run = self.ours.runs[-1]
        values = numbers(run["values"])
        for side in self.rivals.values():
            if side.runs:
                side.far = distances(numbers(side.runs[-1]["values"]), values, relative=True)
        if run["certified"] < run["programs"]:
            return f"{run['programs'] - run['certified']} of {run['programs']} programs not certified"
        if not self.entry.rivals:
            return None
        self.ours.far = min((side.far for side in self.rivals.values() if side.far), key=max, default=[])
        off = sum(d > LOOSE for d in self.ours.far)
        if self.ours.far and not off:
            return None
        return f"{off} of {len(self.ours.far)} values differ by more than {LOOSE:g} from the nearest package"

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


def once(binary, data, case, task, threads=1):
    """One run of ours in a fresh process: peak memory, or more threads."""
    command = [str(binary), "--data", str(data), "--threads", str(threads), "run", case, task]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.strip()}
