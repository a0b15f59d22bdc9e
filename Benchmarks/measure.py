"""Runs a command and says what it took: the CPU time of it and all it waited for, wall time, peak memory."""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from typing import NamedTuple

LIMIT = 180  # seconds a command may take


class Cost(NamedTuple):
    cpu: float  # user + system, seconds
    wall: float  # seconds
    peak: int  # bytes; at least what this interpreter held when it forked


def run(command, stdin=None, stdout=os.devnull, cpu_limit=None):
    """Runs `command`, a list, between two files; throws where it fails. None where it takes more than `cpu_limit` seconds
    of CPU time."""
    if cpu_limit:
        command = ["sh", "-c", 'ulimit -c 0 && ulimit -S -t "$0" && exec "$@"', str(cpu_limit), *command]
    with open(stdin or os.devnull, "rb") as source, open(stdout, "wb") as sink:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=source, stdout=sink, stderr=subprocess.PIPE)
        watchdog = threading.Timer(4 * cpu_limit if cpu_limit else LIMIT, child.send_signal, [signal.SIGKILL])
        watchdog.start()
        message = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        watchdog.cancel()
        child.stderr.close()
        child.returncode = os.waitstatus_to_exitcode(status)
    if cpu_limit and child.returncode == -signal.SIGXCPU:
        return None
    if child.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}: {message.decode(errors='replace').strip()}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def peak(command, stdin=None):
    """The peak memory of `command` in bytes, run by an interpreter that holds little itself."""
    child = [sys.executable, __file__, stdin or os.devnull, *command]
    return int(subprocess.run(child, check=True, capture_output=True, text=True, timeout=LIMIT).stdout)


class Spread(NamedTuple):
    fastest: float
    median: float
    slowest: float

    @classmethod
    def of(cls, values):
        return cls(min(values), statistics.median(values), max(values))


def interleaved(commands, runs):
    """Runs each of `commands`, {name: keyword arguments of `run`}, `runs` times in turn: {name: [Cost]}."""
    costs = {name: [] for name in commands}
    for turn in range(runs):
        for name in rotated(list(commands), turn):
            costs[name].append(run(**commands[name]))
    return costs


def rotated(names, turn):
    """Every other turn backwards, so that nobody always follows the same neighbor: memory that one has just given back
    may cost the next one dearly."""
    return names[::-1] if turn % 2 else names


if __name__ == "__main__":
    print(run(sys.argv[2:], sys.argv[1]).peak)
