"""That the soak finds what it looks for: books_test.py"""

import dataclasses
import pathlib
import re
import unittest

import run
from books import Books, parse_metrics
from client import Entry, judge
from plans import CAP, Plan, answer_body, make_plan, request_body, stream_events
from watch import Sample, slope_of

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def answered(number, kind="chat", status=200, **members):
    plan = Plan(number, kind, **members)
    size = len(request_body(plan))
    return Entry(plan, size, sent=True, status=status, request_id=f"req_{number}")


def record(number, status=200, **members):
    used = {"outcome": "complete", "input_tokens": 11, "output_tokens": 7}
    return {"request_id": f"req_{number}", "model": f"soak-{number}", "status": status,
            **(members or used)}


def metrics(*statuses, refused=0):
    lines = [f'penstock_requests_total{{route="chat",status="{status}"}} 1' for status in statuses]
    lines.append(f'penstock_requests_total{{route="none",status="404"}} {refused}')
    lines.append(f'penstock_endings_total{{outcome="complete"}} {len(statuses)}')
    return parse_metrics("\n".join(lines))


class OneRecord(unittest.TestCase):
    def verdict(self, entries, records, seen=None):
        counts = {entry.plan.number: 1 for entry in entries}
        return Books(entries, records, counts if seen is None else seen).once().good

    def test_for_each_request_is_good(self):
        self.assertTrue(self.verdict([answered(0), answered(1)], [record(1), record(0)]))

    def test_too_few_or_too_many_is_bad(self):
        self.assertFalse(self.verdict([answered(0)], []))
        self.assertFalse(self.verdict([answered(0)], [record(0), record(0)]))

    def test_of_nobody_is_bad(self):
        self.assertFalse(self.verdict([answered(0)], [record(0), record(1)]))

    def test_with_another_status_or_id_is_bad(self):
        self.assertFalse(self.verdict([answered(0)], [record(0, status=502)]))
        self.assertFalse(self.verdict([answered(0)], [{**record(0), "request_id": "req_x"}]))

    def test_is_due_for_who_left_once_the_provider_was_asked(self):
        left = Entry(Plan(0, "chat", abort="waiting"), sent=True)
        self.assertFalse(self.verdict([left], [], {0: 1}))
        self.assertTrue(self.verdict([left], [record(0, status=499)], {0: 1}))
        self.assertTrue(self.verdict([left], [], {0: 0}))

    def test_of_half_a_request_or_of_a_refusal_is_bad(self):
        half = Entry(Plan(0, "chat", abort="in_body"))
        self.assertTrue(self.verdict([half], [], {0: 0}))
        self.assertFalse(self.verdict([half], [record(0)], {0: 0}))
        refused = answered(0, "no_such_path", status=404)
        self.assertFalse(self.verdict([refused], [record(0, status=404)], {0: 0}))


class OtherBooks(unittest.TestCase):
    def test_a_request_goes_out_twice_only_where_a_connection_was_dead(self):
        entries = [answered(0), answered(1, status=502, fault="reset")]
        self.assertTrue(Books(entries, [], {0: 1, 1: 2}).calls().good)
        self.assertFalse(Books(entries, [], {0: 2, 1: 1}).calls().good)
        self.assertFalse(Books(entries, [], {0: 1, 1: 3}).calls().good)

    def test_metrics_have_to_agree(self):
        books = Books([answered(0)], [record(0)], {0: 1})
        self.assertTrue(books.counted(metrics(200)).good)
        self.assertFalse(books.counted(metrics(200, 200)).good)
        self.assertFalse(books.counted(metrics(502)).good)
        self.assertFalse(books.counted(metrics(200, refused=1)).good)

    def test_refusals_have_a_line_each(self):
        books = Books([answered(0, "no_such_path", status=404)], [], {0: 0})
        line = {"message": "request refused", "request_id": "req_0"}
        self.assertTrue(books.refusals([line]).good)
        self.assertFalse(books.refusals([]).good)
        self.assertFalse(books.refusals([line, line]).good)

    def test_wrong_answers_are_told(self):
        entry = answered(0)
        self.assertTrue(Books([entry], [], {}).answers().good)
        entry.problem = "lost"
        self.assertFalse(Books([entry], [], {}).answers().good)


class Spent(unittest.TestCase):
    def verdict(self, entry, entry_record, gone):
        books = Books([entry], [entry_record], {0: 1})
        return books.spent(run.CAPACITY, run.CAPACITY - gone, run.WINDOW_SECONDS, 0.01).good

    def test_is_what_the_provider_says(self):
        self.assertTrue(self.verdict(answered(0), record(0), 18))
        self.assertFalse(self.verdict(answered(0), record(0), 40))
        self.assertFalse(self.verdict(answered(0), record(0), 0))

    def test_a_reservation_that_is_left_is_bad(self):
        self.assertFalse(self.verdict(answered(0), record(0), 18 + CAP))

    def test_is_nothing_for_a_failure(self):
        failed = record(0, status=502, error="unreachable")
        self.assertTrue(self.verdict(answered(0, status=502), failed, 0))
        self.assertFalse(self.verdict(answered(0, status=502), failed, CAP))

    def test_is_the_input_for_who_left(self):
        left = Entry(Plan(0, "chat", abort="waiting"), body_size=40, sent=True)
        self.assertTrue(self.verdict(left, record(0, status=499, outcome="client_gone"), 10))
        self.assertFalse(self.verdict(left, record(0, status=499, outcome="client_gone"), 0))


class Answers(unittest.TestCase):
    def stream(self, events, is_cut=False, **members):
        plan = Plan(0, "stream", **members)
        body = b"".join(events(list(stream_events(plan, plan.asks_usage))))
        return judge(plan, 200, body, is_cut)

    def test_a_whole_stream_is_good_and_others_are_not(self):
        self.assertEqual(self.stream(lambda e: e), "")
        self.assertEqual(self.stream(lambda e: e, asks_usage=True), "")
        self.assertNotEqual(self.stream(lambda e: e, is_cut=True), "")
        self.assertNotEqual(self.stream(lambda e: e[:-1]), "")
        self.assertNotEqual(self.stream(lambda e: e[:3] + e[4:]), "")
        self.assertNotEqual(self.stream(lambda e: e[1::-1] + e[2:]), "")

    def test_a_broken_stream_has_to_be_told(self):
        told = b'data: {"error":{}}\n\n'
        self.assertEqual(self.stream(lambda e: e[:2] + [told], is_cut=True, fault="cut"), "")
        self.assertNotEqual(self.stream(lambda e: e[:2], is_cut=True, fault="cut"), "")
        self.assertNotEqual(self.stream(lambda e: e[:2] + [told], fault="cut"), "")

    def test_statuses_and_bodies_count(self):
        plan = Plan(0, "chat")
        self.assertEqual(judge(plan, 200, answer_body(plan), False), "")
        self.assertNotEqual(judge(plan, 502, b"{}", False), "")
        self.assertNotEqual(judge(plan, 200, answer_body(Plan(1, "chat")), False), "")


class Flat(unittest.TestCase):
    def samples(self, kib_a_minute, threads=4):
        return [
            Sample(second, int(20_000 + kib_a_minute * second / 60), 30_000, 40, threads)
            for second in range(0, 1200)
        ]

    def verdicts(self, samples):
        return {v.name: v.good for v in run.flat_verdicts(samples, 20)}

    def test_a_slope_is_found(self):
        self.assertAlmostEqual(slope_of(self.samples(60), "pss_kib"), 60, delta=1)

    def test_flat_is_good_and_growth_is_bad(self):
        self.assertEqual(set(self.verdicts(self.samples(10)).values()), {True})
        self.assertFalse(self.verdicts(self.samples(200))["pss"])

    def test_growth_before_the_second_half_does_not_count(self):
        samples = [
            dataclasses.replace(sample, pss_kib=5_000) if sample.seconds < 500 else sample
            for sample in self.samples(0)
        ]
        self.assertTrue(self.verdicts(samples)["pss"])

    def test_another_thread_is_bad(self):
        self.assertFalse(self.verdicts(self.samples(0)[:-1] + self.samples(0, 5)[-1:])["threads"])


class Plans(unittest.TestCase):
    def test_a_seed_repeats_them(self):
        first, again, other = ([make_plan(seed, n) for n in range(99)] for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_who_leaves_asked_something_that_its_record_shows(self):
        plans = [make_plan(1, n) for n in range(5000)]
        self.assertTrue(all(plan.is_exchange for plan in plans if plan.abort or plan.fault))
        self.assertEqual(len({plan.abort for plan in plans}), 6)

    def test_the_commands_of_the_page_are_understood(self):
        page = (SOURCE / "docs/benchmarks.md").read_text()
        (block,) = re.findall(r"^```sh soak\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        for program, *words in map(str.split, block.splitlines()):
            self.assertEqual(program, "scripts/soak")
            run.parse(["--program", "x", *words])

    def test_the_page_explains_every_verdict(self):
        page = (SOURCE / "docs/benchmarks.md").read_text()
        sources = [(SOURCE / "tests/soak" / name).read_text() for name in ("books.py", "run.py")]
        names = re.findall(r'Verdict\(\s*"([^"]+)"', "".join(sources))
        self.assertGreater(len(names), 8)
        self.assertEqual([name for name in names if f"`{name}`" not in page], [])

    def test_the_script_tells_every_option(self):
        told = re.findall(r"^#   (--\w+)", (SOURCE / "scripts/soak").read_text(), re.MULTILINE)
        options = vars(run.parse(["--program", "x"]))
        self.assertEqual({f"--{name}" for name in options} - {"--minutes", "--program"}, set(told))


if __name__ == "__main__":
    unittest.main(argv=["books_test.py", "-v"])
