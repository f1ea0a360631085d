"""docs/deploy.md: each fenced block says behind its language what is done with it.

    commands     they need an engine or root; that the files they name exist is looked at
    secrets      is run
    check        a configuration that `penstock check` finds good
    unit         a drop-in of the service; unit_test.py has systemd look at it
    kubernetes   manifests
"""

import re
import subprocess

import support

yaml = support.need_yaml()
PAGE = support.SOURCE / "docs/deploy.md"
BLOCK = re.compile(r"^```(\w+) (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = {"s": 1, "m": 60}


def blocks(task):
    return [text for _, named, text in BLOCK.findall(PAGE.read_text()) if named == task]


def manifests():
    (text,) = blocks("kubernetes")
    return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(text)}


def seconds(text):
    return int(text[:-1]) * SECONDS[text[-1]]


class Deploy(support.Case):
    def check_with_secrets(self, text):
        """The files of secrets are made below a temporary folder."""
        folder = self.folder()
        for path in re.findall(r"\$\{file:/run/([\w./]+)\}", text):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(f"example-of-{path}")
        self.check_config(text.replace("${file:/run/", f"${{file:{folder}/"))

    def test_every_block_says_what_it_is(self):
        text = PAGE.read_text()
        tasks = {task for _, task, _ in BLOCK.findall(text)}
        self.assertEqual(tasks, {"commands", "secrets", "check", "unit", "kubernetes"})
        self.assertEqual(len(BLOCK.findall(text)) * 2, len(re.findall("^```", text, re.MULTILINE)))

    def test_commands_name_files_that_exist(self):
        version = self.output_of(self.program, "version").split()[1]
        for block in blocks("commands"):
            for path in re.findall(r"(?<![\w/])(?:\./)?((?:docker|scripts)/[\w./-]+)", block):
                if not path.startswith("docker/secrets"):
                    with self.subTest(path):
                        self.assertTrue((support.SOURCE / path).exists())
            for named in re.findall(r"penstock_([\d.]+)_", block):
                self.assertEqual(named, version)

    def test_links_lead_somewhere(self):
        text = PAGE.read_text()
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            with self.subTest(target):
                self.assertTrue((PAGE.parent / target).exists())
        headings = {heading.lower() for heading in re.findall(r"^## (\w+)$", text, re.MULTILINE)}
        self.assertLessEqual(set(re.findall(r"\]\(#(\w+)\)", text)), headings)

    def test_the_secrets_are_those_of_compose(self):
        folder = self.folder()
        (block,) = blocks("secrets")
        subprocess.run(["bash", "-euc", block], cwd=folder, check=True)
        compose = yaml.safe_load((support.DOCKER / "compose.yaml").read_text())
        for secret in compose["secrets"].values():
            file = folder / "docker" / secret["file"]
            self.assertGreaterEqual(len(file.read_text().strip()), 32)
            self.assertEqual(file.stat().st_mode & 0o777, 0o644)
        self.assertEqual((folder / "docker/secrets").stat().st_mode & 0o777, 0o700)

    def test_configurations_are_good(self):
        for block in blocks("check"):
            self.check_with_secrets(block)

    def test_the_configuration_for_kubernetes_is_good(self):
        self.check_with_secrets(manifests()["ConfigMap"]["data"]["penstock.yaml"])

    def test_kubernetes_waits_longer_than_the_drain(self):
        config = yaml.safe_load(manifests()["ConfigMap"]["data"]["penstock.yaml"])
        times = config["server"]["timeouts"]
        pod = manifests()["Deployment"]["spec"]["template"]["spec"]
        needed = seconds(times["lame_duck"]) + seconds(times["drain"])
        self.assertGreater(pod["terminationGracePeriodSeconds"], needed)

    def test_probes_and_service_name_ports_of_the_container(self):
        (container,) = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        self.assertEqual(ports, {"http": 4000, "control": 4001})
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.assertEqual(container[probe]["httpGet"]["port"], "control")
        for port in manifests()["Service"]["spec"]["ports"]:
            self.assertIn(port["targetPort"], ports)

    def test_volumes_are_mounted_where_the_configuration_looks(self):
        pod = manifests()["Deployment"]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        self.assertEqual(set(mounts.values()), {volume["name"] for volume in pod["volumes"]})
        used = re.findall(
            r"\$\{file:([\w/.]+)/\w+\}", manifests()["ConfigMap"]["data"]["penstock.yaml"]
        )
        self.assertTrue(used)
        self.assertLessEqual(set(used), set(mounts))
        self.assertIn(container["args"][-1].rpartition("/")[0], mounts)


if __name__ == "__main__":
    support.main()
