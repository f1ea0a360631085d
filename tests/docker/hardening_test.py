"""The program is linked as hardened as cmake/penstock.cmake says."""

import re

import support

READELF = support.need_tool("readelf")


class Hardening(support.Case):
    def readelf(self, *options):
        return self.output_of(READELF, "--wide", *options, self.program)

    def imports(self):
        return re.findall(r"UND (\w+)", self.readelf("--dyn-syms"))

    def test_the_program_is_position_independent(self):
        self.assertRegex(self.readelf("--file-header"), r"Type:\s+DYN")
        self.assertRegex(self.readelf("--dynamic"), r"FLAGS_1.*\bPIE\b")

    def test_relocations_are_read_only_before_main_starts(self):
        self.assertIn("GNU_RELRO", self.readelf("--program-headers"))
        self.assertIn("BIND_NOW", self.readelf("--dynamic"))

    def test_the_stack_is_not_executable(self):
        stack = re.search(r"GNU_STACK.*", self.readelf("--program-headers"))
        flags = re.search(r" ([RWE]+) +0x\w+$", stack.group()).group(1)
        self.assertEqual(flags, "RW")

    def test_no_segment_is_writable_and_executable(self):
        loads = re.findall(r"LOAD .* ([R ][W ][E ]) 0x", self.readelf("--program-headers"))
        self.assertGreaterEqual(len(loads), 2)
        self.assertNotIn("RWE", loads)

    def test_overrun_stack_buffers_are_noticed(self):
        self.assertIn("__stack_chk_fail", self.imports())

    def test_sizes_of_buffers_are_checked_by_the_c_library(self):
        checked = [name for name in self.imports() if re.fullmatch(r"__(?!stack)\w+_chk", name)]
        self.assertTrue(checked)


if __name__ == "__main__":
    support.main()
