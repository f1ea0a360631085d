"""The unit file for systemd."""

import re
import subprocess

import support

yaml = support.need_yaml()
ANALYZE = support.need_tool("systemd-analyze")
UNIT = support.DOCKER / "penstock.service"
# On systemd's scale of 0 to 100. What is left is that the service may use the network.
MAX_EXPOSURE = 15


def setting(name):
    return re.search(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE).group(1)


class Unit(support.Case):
    def verify(self, drop_in=""):
        """What systemd finds wrong. The program is where it was built."""
        file = self.folder() / "penstock.service"
        text = UNIT.read_text().replace("/usr/bin/penstock ", f"{self.program} ")
        file.write_text(f"{text}\n{drop_in}")
        command = [ANALYZE, "verify", "--man=no", file]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    def test_systemd_finds_nothing_wrong(self):
        self.assertEqual(self.verify(), "")

    def test_nor_with_the_drop_in_of_the_documentation(self):
        page = (support.SOURCE / "docs/deploy.md").read_text()
        (drop_in,) = re.findall(r"^```ini unit\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        self.assertIn("LoadCredential=", drop_in)
        self.assertEqual(self.verify(drop_in), "")

    def test_a_misspelt_setting_would_be_found(self):
        self.assertIn("ProtectHom", self.verify("[Service]\nProtectHom=yes\n"))

    def test_it_is_locked_up(self):
        self.output_of(
            *[ANALYZE, "security", "--no-pager", "--offline=true", f"--threshold={MAX_EXPOSURE}"],
            UNIT,
        )

    def test_it_has_the_folders_that_the_documentation_names(self):
        page = (support.SOURCE / "docs/deploy.md").read_text()
        for kind, parent in {"LogsDirectory": "/var/log", "StateDirectory": "/var/lib"}.items():
            self.assertIn(f"`{parent}/{setting(kind)}`", page)

    def test_systemd_waits_longer_than_the_drain(self):
        config = yaml.safe_load((support.SOURCE / "config/penstock.yaml").read_text())
        drain = int(config["server"]["timeouts"]["drain"].removesuffix("s"))
        self.assertGreater(int(setting("TimeoutStopSec").removesuffix("min")) * 60, drain)


if __name__ == "__main__":
    support.main()
