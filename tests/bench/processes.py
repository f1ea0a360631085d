"""What a benchmark runs: processes on a core of their own, and what the kernel says of them."""

import contextlib
import json
import os
import pathlib
import subprocess
import time

PATIENCE_SECONDS = 60
WORDS_OF_A_FAILURE = 4000
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
def serving(core, words_file, *command, **options):
    """A server that runs during the block. It has to run to the end of it, and then to end well;
    else what it said, which is in `words_file`, is told."""
    with open(words_file, "w") as words:
        process = start(core, *command, stderr=words, **options)
    early = None
    try:
        yield process
        early = process.poll()
    finally:
        process.terminate()
        status = wait_or_kill(process)
    if early is not None or status != 0:
        said = pathlib.Path(words_file).read_text()[-WORDS_OF_A_FAILURE:]
        raise Failed(f"{command[0]} ended with status {status}:\n{said}")


def wait_or_kill(process):
    """The status of a process that was asked to end."""
    try:
        return process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


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


def busy_seconds(core):
    """What all programs together used of a core, proc(5)."""
    for line in pathlib.Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            idle = int(ticks[3]) + int(ticks[4])
            return (sum(map(int, ticks[:8])) - idle) / TICKS_PER_SECOND
    raise Failed(f"there is no core {core}")


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
