"""What every rival shares: the cases, the clock, and the answers to `run CASE TASK`.

A rival is a process that reads lines from standard input and answers each with a line of JSON. It times its own work:
data are in memory as dense arrays, importing is done, and one small warm-up run is asked for by the driver; building
the model and taking the results out are inside.
"""

import json
import os
import resource
import sys
import time
import warnings

import numpy as np


class Case:
    """A case of `bench-frontier write`: dense arrays, one row per unit."""

    def __init__(self, folder, name):
        with open(os.path.join(folder, name + ".json")) as file:
            shape = json.load(file)
        n, m, s = shape["units"], shape["inputs"], shape["outputs"]
        table = np.fromfile(os.path.join(folder, name + ".f64"), dtype="<f8").reshape(-1, n).T
        self.folder, self.name, self.n = folder, name, n
        self.x = np.ascontiguousarray(table[:, :m])
        self.y = np.ascontiguousarray(table[:, m : m + s])
        self.b = np.ascontiguousarray(table[:, m + s :])
        width = n // shape["periods"]
        #: Rows of each period.
        self.periods = [slice(t * width, (t + 1) * width) for t in range(shape["periods"])]


def seconds():
    """CPU seconds, user and system, of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def adjacent(distance, case):
    """Malmquist index from `distance(evaluated rows, reference rows)`, geometric mean, by pair, then unit."""
    own = [distance(p, p) for p in case.periods]
    out = []
    for t in range(len(case.periods) - 1):
        p, q = case.periods[t], case.periods[t + 1]
        out.append(np.sqrt(distance(q, p) / own[t] * (own[t + 1] / distance(p, q))))
    return np.concatenate(out)


def serve(name, tasks, prepare=None):
    """Answers requests with `tasks[TASK](case) -> values` or `(values, second)`; `prepare(case)` is not timed."""
    warnings.simplefilter("ignore")
    folder, held = sys.argv[1], None
    for line in sys.stdin:
        try:
            word, case, task = line.split()
            if word != "run":
                raise ValueError(f"not a request: {line}")
            if held is None or held.name != case:
                held = Case(folder, case)
                if prepare:
                    prepare(held)
            clock, start = time.perf_counter(), seconds()
            values = tasks[task](held)
            answer = {"cpu": seconds() - start, "wall": time.perf_counter() - clock}
            values, second = values if isinstance(values, tuple) else (values, None)
            for key, column in (("values", values), ("second", second)):
                if column is not None:
                    answer[key] = os.path.join(folder, f"{name}-{case}-{task}.{key}")
                    np.asarray(column, dtype="<f8").tofile(answer[key])
            answer["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        except Exception as error:  # the driver prints it in place of a number
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
