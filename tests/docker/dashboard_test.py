"""The dashboard for Grafana and the files that bring it there."""

import json
import re

import promql
import support

yaml = support.need_yaml()
PROMTOOL = support.need_promtool()
FOLDER = support.DOCKER / "grafana"


def dashboard():
    return json.loads((FOLDER / "dashboards/penstock.json").read_text())


def panels():
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def queries():
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for annotation in dashboard()["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


def filled_in(query):
    """A query as Grafana sends it."""
    return re.sub(r"\$\w+", ".*", query.replace("$__rate_interval", "1m"))


class Dashboard(support.Case):
    def test_prometheus_understands_every_query(self):
        rules = [{"record": f"q:{i}", "expr": filled_in(q)} for i, (_, q) in enumerate(queries())]
        self.assertGreater(len(rules), 15)
        file = self.folder() / "rules.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
        self.output_of(PROMTOOL, "check", "rules", file)

    def test_queries_ask_for_metrics_and_labels_that_exist(self):
        series = promql.documented_metrics()
        for title, query in queries():
            with self.subTest(title):
                self.assertEqual(promql.faults(query, series), [])

    def test_every_metric_is_shown(self):
        shown = " ".join(query for _, query in queries())
        for line in (support.SOURCE / "tests/docker/metrics.txt").read_text().splitlines():
            if line.startswith("penstock_"):
                with self.subTest(line):
                    self.assertIn(line.split()[0], shown)

    def test_variables_of_queries_are_declared(self):
        declared = {variable["name"] for variable in dashboard()["templating"]["list"]}
        for title, query in queries():
            with self.subTest(title):
                self.assertLessEqual(set(re.findall(r"\$([a-z]\w*)", query)), declared)

    def test_panels_have_a_title_and_a_place_of_their_own(self):
        taken = set()
        for panel in dashboard()["panels"]:
            place = panel["gridPos"]
            cells = {
                (place["x"] + column, place["y"] + line)
                for column in range(place["w"])
                for line in range(place["h"])
            }
            with self.subTest(panel["title"]):
                self.assertTrue(panel["title"])
                self.assertLessEqual(place["x"] + place["w"], 24)
                self.assertFalse(cells & taken)
            taken |= cells

    def test_the_data_source_is_the_prometheus_of_compose(self):
        source = yaml.safe_load((FOLDER / "provisioning/datasources/prometheus.yml").read_text())
        compose = yaml.safe_load((support.DOCKER / "compose.yaml").read_text())
        host = re.fullmatch(r"http://(\w+):9090", source["datasources"][0]["url"]).group(1)
        self.assertIn(host, compose["services"])


if __name__ == "__main__":
    support.main()
