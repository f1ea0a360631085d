"""What the kernel says of a process over time, and whether it is flat."""

import dataclasses
import os
import pathlib
import time


@dataclasses.dataclass(frozen=True)
class Sample:
    seconds: float
    pss_kib: int
    rss_kib: int
    descriptors: int
    threads: int


def read_sample(pid):
    folder = pathlib.Path(f"/proc/{pid}")
    sizes = {}
    for line in (folder / "smaps_rollup").read_text().splitlines()[1:]:
        name, kib, *_ = line.split()
        sizes[name] = int(kib)
    return Sample(
        time.monotonic(),
        sizes["Pss:"],
        sizes["Rss:"],
        len(os.listdir(folder / "fd")),
        len(os.listdir(folder / "task")),
    )


def slope_a_minute(points):
    """Least squares through (seconds, value), per minute."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    square = sum((x - mean_x) ** 2 for x, _ in points)
    return 60 * sum((x - mean_x) * (y - mean_y) for x, y in points) / square if square else 0.0


def second_half(samples):
    """Without the time in which pools, stacks and the heap find their size."""
    middle = (samples[0].seconds + samples[-1].seconds) / 2
    return [sample for sample in samples if sample.seconds >= middle]


def slope_of(samples, name):
    return slope_a_minute([(s.seconds, getattr(s, name)) for s in second_half(samples)])
