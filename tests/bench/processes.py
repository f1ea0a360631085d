"""What a benchmark runs: processes on a core of their own, and what the kernel says of them."""

import contextlib
import json
import os
import pathlib
import subprocess
import time

PATIENCE_SECONDS = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A run that is worth nothing: words for the person who started it."""


def cores():
    """(core of the system under measurement, core of the instruments); one core is shared."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(1, len(usable) - 1)]


def start(core, *command, **options):
    """Starts a program that stays on one core."""
    words = ["taskset", "--cpu-list", str(core), *map(str, command)]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, text=True, **options)


@contextlib.contextmanager
def running(process, what):
    """Ends the process with the block; raises when it had ended by itself."""
    try:
        yield process
        if process.poll() is not None:
            raise Failed(f"{what} ended by itself with status {process.returncode}")
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(condition, what):
    """What `condition` gives, once that is something."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise Failed(f"waited in vain for {what}")


def cpu_seconds(pid):
    """utime + stime of all threads of a process, proc(5)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def memory_kib(pid):
    """Pss of a process: its own pages, and its share of those that it has in common."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise Failed(f"process {pid} does not tell its memory")


def children(pid):
    """The processes that `pid` started."""
    words = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(word) for word in words]


def lines_of(stream):
    """The JSON objects that a program prints, one a line."""
    for line in stream:
        yield json.loads(line)
