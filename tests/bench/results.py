"""From samples to a table."""

import dataclasses
import statistics


@dataclasses.dataclass
class Line:
    """A row of the table: the numbers of every system, and the ratios of each round."""

    scenario: str
    title: str
    unit: str
    bar: float
    absolute: bool
    numbers: dict  # system -> one number for each round
    ratios: list  # penstock / nginx
    ratios_before: list  # penstock / the other gateway, if there is one
    others: float  # part of the core that other programs took, the mean of all samples

    @property
    def judged(self):
        """What the bar is held against."""
        if self.absolute:
            return statistics.median(self.numbers["penstock"])
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def verdict(self):
        if self.bar is None or self.judged is None:
            return ""
        return "met" if self.judged <= self.bar else "NOT MET"

    def to_json(self):
        return {**dataclasses.asdict(self), "judged": self.judged, "verdict": self.verdict}


def ratios(numbers, over):
    """Round by round. A round in which the other took no measurable time at all has none."""
    if over not in numbers:
        return []
    return [ours / other for ours, other in zip(numbers["penstock"], numbers[over]) if other > 0]


def others_in(samples):
    """What others took of the core. The provider alone says nothing of it: it has another one."""
    parts = [one[name].others for one in samples for name in one if name != "direct"]
    return statistics.mean(parts)


def lines_of(scenario, samples):
    result = []
    for row in scenario.rows:
        names = [name for name in samples[0] if name != "direct"]
        numbers = {
            name: [row.read(one[name], one.get("direct")) for one in samples] for name in names
        }
        result.append(
            Line(
                scenario.name,
                row.title,
                row.unit,
                row.bar,
                row.absolute,
                numbers,
                ratios(numbers, "nginx"),
                ratios(numbers, "before"),
                others_in(samples),
            )
        )
    return result


def spread(values):
    """The median, and in brackets the least and the greatest."""
    if not values:
        return "-"
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.median(values):.2f} ({min(values):.2f}..{max(values):.2f})"


def bar_of(line):
    if line.bar is None:
        return "-"
    return f"<= {line.bar:g} {line.unit if line.absolute else 'x'}"


def cells(lines):
    """The table, heading first."""
    has_before = any(line.ratios_before for line in lines)
    heading = ["scenario", "ratio to nginx", "bar", "", "Penstock", "nginx", "unit"]
    table = [heading + ["new / old"] * has_before]
    for line in lines:
        medians = [f"{statistics.median(line.numbers[n]):.1f}" for n in ("penstock", "nginx")]
        row = [line.title, spread(line.ratios), bar_of(line), line.verdict, *medians, line.unit]
        table.append(row + [spread(line.ratios_before)] * has_before)
    return table


def to_text(lines):
    table = cells(lines)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table
    )
    return "\n".join(padded) + "\n"


def to_markdown(lines):
    heading, *rows = cells(lines)
    table = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in table) + "\n"
