"""The rules and the configuration for Prometheus."""

import shutil

import promql
import support

yaml = support.need_yaml()
PROMTOOL = support.need_promtool()
FOLDER = support.DOCKER / "prometheus"


def rules():
    groups = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


class Alerts(support.Case):
    def test_prometheus_takes_the_rules(self):
        self.output_of(PROMTOOL, "check", "rules", FOLDER / "rules.yml")

    def test_prometheus_takes_its_configuration(self):
        folder = self.folder()
        shutil.copy(FOLDER / "rules.yml", folder)
        text = (FOLDER / "prometheus.yml").read_text()
        file = folder / "prometheus.yml"
        file.write_text(self.with_secrets(text, support.secrets_in(text)))
        self.output_of(PROMTOOL, "check", "config", file)

    def test_alerts_fire_when_they_should_and_only_then(self):
        self.output_of(PROMTOOL, "test", "rules", FOLDER / "rules_test.yml")

    def test_every_alert_has_a_case_that_fires(self):
        cases = yaml.safe_load((FOLDER / "rules_test.yml").read_text())["tests"]
        fired = {
            alert["alertname"]
            for case in cases
            for alert in case["alert_rule_test"]
            if alert["exp_alerts"]
        }
        self.assertEqual(fired, {rule["alert"] for rule in rules() if "alert" in rule})

    def test_every_alert_says_how_bad_it_is_and_what_it_means(self):
        for rule in rules():
            if "alert" in rule:
                with self.subTest(rule["alert"]):
                    self.assertIn(rule["labels"]["severity"], ("info", "warning", "critical"))
                    self.assertTrue(rule["annotations"]["summary"])
                    self.assertTrue(rule["annotations"]["description"])

    def test_rules_ask_for_metrics_and_labels_that_exist(self):
        series = promql.documented_metrics()
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        for rule in rules():
            with self.subTest(rule.get("alert") or rule["record"]):
                self.assertEqual(promql.faults(rule["expr"], series, recorded), [])


class PromQl(support.Case):
    def test_a_wrong_name_is_found(self):
        series = promql.documented_metrics()
        for query, fault in {
            "rate(penstock_request_total[5m])": "no metric penstock_request_total",
            "penstock_overhead_seconds": "no metric penstock_overhead_seconds",
            'penstock_connections{state="idle"}': "penstock_connections has no label state",
            "sum by (model) (penstock_connections)": "no metric of the query has a label model",
            "penstock:nothing > 1": "no rule records penstock:nothing",
        }.items():
            with self.subTest(query):
                self.assertEqual(promql.faults(query, series), [fault])


if __name__ == "__main__":
    support.main()
