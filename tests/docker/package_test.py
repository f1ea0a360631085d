"""The Debian package: its contents, and that they work."""

import os
import re
import subprocess

import support

support.need_tool("dpkg-shlibdeps")
CPACK = support.need_tool("cpack")
DPKG = support.need_tool("dpkg-deb")
CONFIG = "etc/penstock/penstock.yaml"


class Package(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.shared = support.tempfile.TemporaryDirectory(prefix="penstock-test-")
        folder = support.pathlib.Path(cls.shared.name)
        subprocess.run(
            [CPACK, "--config", cls.program.parent / "CPackConfig.cmake", "-B", folder],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (cls.file,) = folder.glob("penstock_*.deb")
        cls.root = folder / "root"
        subprocess.run([DPKG, "-R", cls.file, cls.root], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def field(self, name):
        return self.output_of(DPKG, "-f", self.file, name).strip()

    def test_it_is_named_after_the_version_of_the_program(self):
        version = self.output_of(self.program, "version").split()[1]
        self.assertEqual(self.field("Version"), version)
        self.assertRegex(self.file.name, rf"^penstock_{re.escape(version)}_\w+\.deb$")

    def test_it_depends_on_the_libraries_that_the_program_needs(self):
        depends = set(re.findall(r"(?:^|, )([\w.+-]+)", self.field("Depends")))
        needed = {"libc6", "libssl3", "libsimdjson14", "ca-certificates", "tzdata"}
        self.assertLessEqual(needed, depends)
        self.assertEqual([name for name in depends if name.endswith("-dev")], [])

    def test_its_program_runs_and_is_stripped(self):
        program = self.root / "usr/bin/penstock"
        self.assertIn("penstock", self.output_of(program, "version"))
        sections = self.output_of("readelf", "--wide", "--section-headers", program)
        self.assertIn(".text", sections)
        self.assertNotIn(".debug_info", sections)
        self.assertNotIn(".symtab", sections)

    def test_its_configuration_is_kept_by_upgrades_and_good(self):
        self.assertEqual((self.root / "DEBIAN/conffiles").read_text(), f"/{CONFIG}\n")
        self.output_of(self.root / "usr/bin/penstock", "check", self.root / CONFIG)

    def test_its_configuration_names_a_schema_that_is_there(self):
        first = (self.root / CONFIG).read_text().splitlines()[0]
        schema = re.fullmatch(r"# yaml-language-server: \$schema=/(\S+)", first).group(1)
        self.assertTrue((self.root / schema).exists())

    def test_its_configuration_is_otherwise_the_documented_one(self):
        installed = (self.root / CONFIG).read_text().splitlines()
        source = (support.SOURCE / "config/penstock.yaml").read_text().splitlines()
        self.assertEqual(installed[1:], source[1:])

    def test_its_unit_starts_what_it_brings(self):
        unit = (self.root / "usr/lib/systemd/system/penstock.service").read_text()
        for path in re.findall(r"^ExecStart=/(\S+) serve -c /(\S+)$", unit, re.MULTILINE)[0]:
            self.assertTrue((self.root / path).exists(), path)

    def test_everything_belongs_to_root_and_is_writable_by_root_alone(self):
        lines = self.output_of(DPKG, "-c", self.file).splitlines()
        self.assertGreater(len(lines), 10)
        for line in lines:
            self.assertRegex(line, r"^[-dl]rw[-x]r-[-x]r-[-x] root/root ")

    def test_its_scripts_do_nothing_where_systemd_does_not_run(self):
        for name, action in {"postinst": "configure", "prerm": "remove", "postrm": "remove"}.items():
            script = self.root / "DEBIAN" / name
            self.output_of("sh", "-n", script)
            self.assertIn("[ -d /run/systemd/system ]", script.read_text())
            if not os.path.isdir("/run/systemd/system"):
                self.output_of("sh", script, action)


if __name__ == "__main__":
    support.main()
