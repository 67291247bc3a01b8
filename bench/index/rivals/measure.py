"""CPU time of short calls, in batches, as in src/measure.rs."""

import json
import pathlib
import sys
import time

import numpy as np

BATCH = 0.02


def repeated(batches, call):
    """What a call gives, and the CPU seconds of one call in every batch."""
    start = time.process_time()
    found = call()
    first = time.process_time() - start
    if first > 0.2:  # once is enough
        return found, [first]
    calls = 1
    while True:
        start = time.process_time()
        for _ in range(calls):
            call()
        spent = time.process_time() - start
        if spent >= BATCH:
            break
        calls = calls * 8 if spent < BATCH / 16 else -int(-calls * 1.2 * BATCH // spent)
    seconds = []
    for _ in range(batches):
        start = time.process_time()
        for _ in range(calls):
            call()
        seconds.append((time.process_time() - start) / calls)
    return found, seconds


def read(path, criteria):
    """The table: rows are alternatives."""
    return np.ascontiguousarray(np.fromfile(path, dtype="<f8").reshape(criteria, -1).T)


def run(tasks_of):
    """Times every task of a table, prints CPU seconds and writes what was found: see src/main.rs."""
    table, criteria, folder, batches, *only = sys.argv[1:]
    tasks = tasks_of(read(table, int(criteria)))
    times = {}
    for name, call in tasks.items():
        if only and name not in only:
            continue
        found, times[name] = repeated(int(batches), call)
        np.asarray(found, dtype="<f8").tofile(pathlib.Path(folder) / f"{name}.f64")
    print(json.dumps(times))
