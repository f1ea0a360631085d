"""What becomes of samples, and what docs/benchmarks.md says of it. results_test.py"""

import dataclasses
import pathlib
import unittest

import results
import scenarios
from scenarios import Row, Sample, Scenario

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/benchmarks.md"


def sample(cpu_seconds, answers=1000, p99=0.0, memory=(0, 0)):
    report = {"answers": answers, "events": 64 * answers, "first_event_us": {"p99": p99}}
    return Sample(cpu_seconds, report, *memory)


def scenario(*rows):
    return Scenario("example", scenarios.Load(), rows)


def cpu(ours, nginx):
    """Rounds with these times of the two systems."""
    return [{"nginx": sample(b), "penstock": sample(a)} for a, b in zip(ours, nginx)]


class Lines(unittest.TestCase):
    def line(self, row, rounds):
        (line,) = results.lines_of(scenario(row), rounds)
        return line

    def test_cpu_is_counted_for_each_answer(self):
        line = self.line(Row("x", "us", scenarios.cpu_per_answer), cpu([0.03], [0.02]))
        self.assertAlmostEqual(line.numbers["penstock"][0], 30)
        self.assertAlmostEqual(line.numbers["nginx"][0], 20)

    def test_memory_is_the_growth_from_the_start_or_from_when_all_stood(self):
        rounds = [{"nginx": sample(1, memory=(0, 9, 9)), "penstock": sample(1, memory=(10, 70, 40))}]
        line = self.line(Row("x", "KiB", scenarios.memory_per(10)), rounds)
        self.assertAlmostEqual(line.numbers["penstock"][0], 6)
        line = self.line(Row("x", "KiB", scenarios.memory_later(10)), rounds)
        self.assertAlmostEqual(line.numbers["penstock"][0], 3)

    def test_or_for_each_event(self):
        line = self.line(Row("x", "us", scenarios.cpu_per_event), cpu([0.64], [0.32]))
        self.assertAlmostEqual(line.numbers["penstock"][0], 10)

    def test_the_median_of_the_rounds_ratios_is_held_against_the_bar(self):
        # Of medians it would be 2 / 3; of the rounds it is 0.5, 1 and 2.
        rounds = cpu([1, 2, 6], [2, 2, 3])
        line = self.line(Row("x", "us", scenarios.cpu_per_answer, 1.0), rounds)
        self.assertEqual(line.ratios, [0.5, 1, 2])
        self.assertEqual((line.judged, line.verdict), (1, "met"))

    def test_a_bar_may_be_missed(self):
        row = Row("x", "us", scenarios.cpu_per_answer, 0.9)
        self.assertEqual(self.line(row, cpu([1], [1])).verdict, "NOT MET")

    def test_without_a_bar_there_is_no_verdict(self):
        row = Row("x", "us", scenarios.cpu_per_answer)
        self.assertEqual(self.line(row, cpu([1], [1])).verdict, "")

    def test_memory_is_held_against_an_amount(self):
        rounds = [{"nginx": sample(1), "penstock": sample(1, memory=(1000, 33000))}]
        for bar, verdict in ((16, "met"), (15.9, "NOT MET")):
            line = self.line(Row("x", "KiB", scenarios.memory_per(2000), bar, True), rounds)
            self.assertEqual((line.judged, line.verdict), (16, verdict))

    def test_what_a_system_adds_is_measured_without_the_provider(self):
        one = {"direct": sample(1, p99=100), "nginx": sample(1, p99=300)}
        rounds = [{**one, "penstock": sample(1, p99=500)}]
        line = self.line(Row("x", "us", scenarios.added("first_event_us", "p99")), rounds)
        self.assertEqual(line.numbers, {"nginx": [200], "penstock": [400]})
        self.assertEqual(line.ratios, [2])

    def test_a_round_in_which_nginx_added_nothing_has_no_ratio(self):
        one = {"direct": sample(1, p99=100), "penstock": sample(1, p99=500)}
        rounds = [{**one, "nginx": sample(1, p99=p99)} for p99 in (90, 100, 300)]
        line = self.line(Row("x", "us", scenarios.added("first_event_us", "p99"), 1.0), rounds)
        self.assertEqual(line.ratios, [2])

    def test_another_gateway_has_ratios_of_its_own(self):
        rounds = [{**one, "before": sample(4)} for one in cpu([1, 2], [1, 1])]
        line = self.line(Row("x", "us", scenarios.cpu_per_answer), rounds)
        self.assertEqual(line.ratios_before, [0.25, 0.5])
        self.assertIn("new / old", results.to_text([line]))

    def test_what_others_took_of_the_core_is_told(self):
        one, two = (dataclasses.replace(sample(1), others=part) for part in (0.1, 0.3))
        rounds = [{"direct": sample(1), "nginx": one, "penstock": two}]
        line = self.line(Row("x", "us", scenarios.cpu_per_answer), rounds)
        self.assertAlmostEqual(line.others, 0.2)


class Tables(unittest.TestCase):
    def lines(self):
        row = Row("a title", "us CPU", scenarios.cpu_per_answer, 1.2)
        return results.lines_of(scenario(row), cpu([0.01, 0.02, 0.03], [0.01, 0.01, 0.01]))

    def test_text_has_columns(self):
        heading, line, _ = results.to_text(self.lines()).split("\n")
        self.assertEqual(heading.index("bar"), line.index("<= 1.2 x"))
        self.assertIn("2.00 (1.00..3.00)", line)
        self.assertIn("NOT MET", line)

    def test_markdown_can_be_pasted(self):
        heading, rule, line, _ = results.to_markdown(self.lines()).split("\n")
        self.assertEqual(heading.count("|"), line.count("|"))
        self.assertEqual(heading.count("|"), rule.count("|"))


class Page(unittest.TestCase):
    """docs/benchmarks.md."""

    def test_it_explains_every_scenario(self):
        text = PAGE.read_text()
        missing = [s.name for s in scenarios.SCENARIOS if f"| `{s.name}` |" not in text]
        self.assertEqual(missing, [])

    def test_its_table_is_one_that_the_tool_makes(self):
        text = PAGE.read_text()
        titles = [row.title for s in scenarios.SCENARIOS for row in s.rows]
        missing = [title for title in titles if f"\n| {title} | " not in text]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main(argv=["results_test.py", "-v"])
