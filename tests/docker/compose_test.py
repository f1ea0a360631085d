"""compose.yaml, what it mounts, and the image that it builds."""

import re

import support

yaml = support.need_yaml()


def read_yaml(path):
    return yaml.safe_load((support.DOCKER / path).read_text())


def services():
    return read_yaml("compose.yaml")["services"]


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text).group(1))


class Compose(support.Case):
    def test_every_mounted_file_exists(self):
        volumes = read_yaml("compose.yaml")["volumes"]
        mounted = 0
        for name, service in services().items():
            for source, target, *_ in (mount.split(":") for mount in service.get("volumes", [])):
                with self.subTest(f"{name}: {source}"):
                    self.assertTrue(target.startswith("/"))
                    if source.startswith("."):
                        mounted += 1
                        self.assertTrue((support.DOCKER / source).exists())
                    else:
                        self.assertIn(source, volumes)
        self.assertEqual(mounted, 4)

    def test_every_secret_is_declared_and_every_file_asks_for_one_that_it_gets(self):
        declared = set(read_yaml("compose.yaml")["secrets"])
        for name, service in services().items():
            self.assertLessEqual(set(service.get("secrets", [])), declared, name)
        for name, text in {
            "gateway": (support.DOCKER / "penstock.yaml").read_text(),
            "prometheus": (support.DOCKER / "prometheus/prometheus.yml").read_text(),
            "grafana": str(services()["grafana"]["environment"]),
        }.items():
            active = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
            self.assertEqual(support.secrets_in(active), set(services()[name]["secrets"]), name)

    def test_keys_never_get_into_git_or_into_the_image(self):
        for secret in read_yaml("compose.yaml")["secrets"].values():
            self.assertTrue(secret["file"].startswith("./secrets/"))
        self.assertIn("/docker/secrets/\n", (support.SOURCE / ".gitignore").read_text())
        taken = (support.SOURCE / ".dockerignore").read_text().splitlines()
        self.assertIn("*", taken)
        for path in taken:
            self.assertFalse("!docker/secrets".startswith(path) and path.startswith("!"), path)

    def test_the_gateway_takes_its_configuration(self):
        text = (support.DOCKER / "penstock.yaml").read_text()
        self.check_config(self.with_secrets(text, support.secrets_in(text)))

    def test_the_gateway_takes_it_with_a_provider_too(self):
        text = (support.DOCKER / "penstock.yaml").read_text()
        text = re.sub(r"^( +)#(?=openai:|  api_key)", r"\1", text, flags=re.MULTILINE)
        text = text.replace("{upstream: demo}", "{upstream: openai}")
        self.assertIn("openai_key", support.secrets_in(text))
        self.check_config(self.with_secrets(text, support.secrets_in(text)))

    def test_what_limits_have_used_is_kept_in_a_volume(self):
        dockerfile = (support.DOCKER / "Dockerfile").read_text()
        (folder,) = re.findall(r"^ENV STATE_DIRECTORY=(\S+)$", dockerfile, re.MULTILINE)
        self.assertIn(f"\nVOLUME {folder}\n", dockerfile)
        user = re.search(r"^USER (\d+):(\d+)$", dockerfile, re.MULTILINE)
        owned = f"install -d -m 700 -o {user.group(1)} -g {user.group(2)} {folder}\n"
        self.assertIn(owned, dockerfile)
        mounted = [mount.split(":")[:2] for mount in services()["gateway"]["volumes"]]
        self.assertIn(["state", folder], mounted)

    def test_ports_are_the_same_everywhere(self):
        config = read_yaml("penstock.yaml")
        client, control = (config[part]["listen"].split(":")[1] for part in ("server", "control"))
        self.assertEqual(services()["gateway"]["ports"], [f"127.0.0.1:{client}:{client}"])
        targets = read_yaml("prometheus/prometheus.yml")["scrape_configs"][0]["static_configs"]
        self.assertEqual(targets, [{"targets": [f"gateway:{control}"]}])
        dockerfile = (support.DOCKER / "Dockerfile").read_text()
        self.assertIn(f"\nEXPOSE {client} {control}\n", dockerfile)
        self.assertIn(f"\nENV PENSTOCK_LISTEN=0.0.0.0:{client}\n", dockerfile)

    def test_compose_waits_longer_than_the_drain(self):
        drain = read_yaml("penstock.yaml")["server"]["timeouts"]["drain"]
        self.assertGreater(seconds(services()["gateway"]["stop_grace_period"]), seconds(drain))

    def test_every_service_is_locked_up_and_watched(self):
        for name, service in services().items():
            with self.subTest(name):
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertIn("test", service["healthcheck"])
                for port in service.get("ports", []):
                    self.assertTrue(port.startswith("127.0.0.1:"))

    def test_services_wait_for_those_that_exist(self):
        for name, service in services().items():
            for other in service.get("depends_on", {}):
                self.assertIn("healthcheck", services()[other], name)

    def test_versions_are_pinned(self):
        for name, service in services().items():
            if "build" not in service:
                self.assertRegex(service["image"], r":v?\d+\.\d+\.\d+$", name)


class Dockerfile(support.Case):
    def test_its_label_is_the_version_of_the_program(self):
        version = self.output_of(self.program, "version").split()[1]
        text = (support.DOCKER / "Dockerfile").read_text()
        self.assertEqual(re.search(r"^ARG VERSION=(.*)$", text, re.MULTILINE).group(1), version)


if __name__ == "__main__":
    support.main()
