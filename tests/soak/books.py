"""Whether every request is accounted exactly once: in the log, in the metrics, in the limits."""

import collections
import dataclasses
import json
import math
import re

from plans import ASKED, CAP, message

CANCELLED = 499
BYTES_PER_TOKEN = 4  # of an estimate
CHAT_FRAMING = 3 + 3 + len("user")  # tokens at most, around the text of one message
UNKNOWN_MODEL = 1.3  # the margin of models that nobody knows


@dataclasses.dataclass(frozen=True)
class Verdict:
    name: str
    good: bool
    words: str


def read_records(lines, event="exchange"):
    return [r for r in map(json.loads, lines) if r["event"] == event]


def parse_metrics(text):
    """[(name, labels, value)] of the Prometheus text format."""
    lines = re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE)
    pair = re.compile(r'(\w+)="(.*?)"')
    return [(name, dict(pair.findall(labels)), float(value)) for name, labels, value in lines]


def total(metrics, name, **labels):
    return sum(
        value
        for other, found, value in metrics
        if other == name and all(found.get(k) == v for k, v in labels.items())
    )


def first_few(things):
    things = list(things)
    return f"{len(things)}: {', '.join(map(str, things[:5]))}" if things else "none"


class Books:
    """Entries of the clients on one side; on the other the log's records, what the provider saw."""

    def __init__(self, entries, records, seen):
        self.entries, self.records, self.seen = entries, records, seen
        self.by_number = {entry.plan.number: entry for entry in entries}
        self.by_model = {entry.plan.model: entry for entry in entries}
        self.by_id = {entry.request_id: entry for entry in entries if entry.request_id}
        self.of_entry = collections.defaultdict(list)
        self.unknown = []
        for record in records:
            entry = self.entry_of(record)
            if entry is None:
                self.unknown.append(record["request_id"])
            else:
                self.of_entry[entry.plan.number].append(record)

    def entry_of(self, record):
        by_id = self.by_id.get(record["request_id"])
        return by_id or self.by_model.get(record.get("model"))

    def answers(self):
        wrong = [f"{e.plan.number} ({e.plan.kind}) {e.problem}" for e in self.entries if e.problem]
        return Verdict("wrong answers", not wrong, first_few(wrong))

    def once(self):
        """A record for each request that reached the chain, none for others, never two."""
        wrong = []
        for entry in self.entries:
            plan, count = entry.plan, len(self.of_entry[entry.plan.number])
            must = plan.is_exchange and (entry.status is not None or self.seen[plan.number] > 0)
            may = plan.is_exchange and entry.sent
            if not must <= count <= may:
                wrong.append(f"{plan.number} ({plan.kind}) has {count}")
            elif count and entry.status and not self.tells(entry):
                wrong.append(f"{plan.number} ({plan.kind}) has another status or id")
        good = not wrong and not self.unknown
        words = f"wrong {first_few(wrong)}; records of nobody {first_few(self.unknown)}"
        return Verdict("one record a request", good, words if not good else "every one")

    def tells(self, entry):
        (record,) = self.of_entry[entry.plan.number]
        return (record["request_id"], record["status"]) == (entry.request_id, entry.status)

    def calls(self):
        """Nobody is asked twice, but for the request that a dead connection did not answer."""
        silent = {e.plan.number for e in self.entries if e.plan.fault == "reset"}
        wrong = [n for n, count in self.seen.items() if count > (2 if n in silent else 1)]
        return Verdict("one call a request", not wrong, first_few(wrong))

    def refusals(self, server_records):
        """What never was an exchange has a line of its own, and is in the metrics."""
        told = {e.request_id for e in self.entries if not e.plan.is_exchange}
        logged = [r["request_id"] for r in server_records if r["message"] == "request refused"]
        good = sorted(logged) == sorted(map(str, told))
        return Verdict("refusals", good, f"{len(told)} answered, {len(logged)} in the log")

    def counted(self, metrics):
        """The metrics agree, status by status. They were read before the drain."""
        late = {e.request_id for e in self.entries if e.in_drain}
        early = [r for r in self.records if r["request_id"] not in late]
        logged = collections.Counter(str(r["status"]) for r in early)
        counted = collections.Counter()
        for name, labels, value in metrics:
            if name == "penstock_requests_total" and labels["route"] != "none":
                counted[labels["status"]] += int(value)
        refused = sum(not e.plan.is_exchange for e in self.entries)
        good = (
            counted == logged
            and total(metrics, "penstock_requests_total", route="none") == refused
            and total(metrics, "penstock_endings_total") == len(early)
        )
        words = " ".join(f"{status}:{counted[status]}" for status in sorted(counted))
        return Verdict("metrics = log", good, words)

    def spent(self, capacity, remaining, window_seconds, seconds):
        """What is gone from the limit is what the records say was used, and nothing is held: a
        reservation that was left would be CAP at least. The limit refills a little meanwhile."""
        low = high = 0
        for number, records in self.of_entry.items():
            entry = self.by_number[number]
            if entry.in_drain or entry.plan.kind not in ASKED:
                continue
            for record in records:
                least, most = charge(record, entry)
                low, high = low + least, high + most
        gone = capacity - remaining
        refilled = capacity / window_seconds * seconds + 1
        good = low - refilled <= gone <= high + 1 and refilled < CAP
        return Verdict("tokens spent", good, f"{gone} of {low}..{high}, {refilled:.0f} refilled")


def input_of(entry):
    """(estimate, most) of a request whose tokens nobody has counted, as docs/limits.md says."""
    estimate = -(-entry.body_size // BYTES_PER_TOKEN)
    if entry.plan.kind not in ("chat", "stream", "big"):
        return estimate, estimate
    content = message(entry.plan)["content"]
    most = math.ceil((CHAT_FRAMING + len(content)) * UNKNOWN_MODEL)
    return min(estimate, most), most


def charge(record, entry):
    """(least, most) that an exchange costs, as docs/limits.md says."""
    estimate, largest = input_of(entry)
    used = record.get("input_tokens", estimate) + record.get("output_tokens", 0)
    status = record["status"]
    if status >= 500 and entry.plan.streams:
        return 0, max(used, 1)  # the stream had begun at the provider, or it had not
    if status >= 400 and status != CANCELLED:
        return 0, 0
    if record.get("outcome") == "complete" and "input_tokens" not in record:
        return largest + CAP, largest + CAP
    return max(used, 1), max(used, 1)
