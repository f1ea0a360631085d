"""validate.py VENV FILE

Holds an OpenAPI description against the rules of OpenAPI 3.1, by the openapi-spec-validator in
VENV. The status is 77, "skipped", when it is not there; scripts/test installs it.
"""

import os
import pathlib
import sys
import unittest

SKIPPED = 77


class Description(unittest.TestCase):
    file = None

    def setUp(self):
        import yaml

        self.document = yaml.safe_load(self.file.read_text())

    def errors(self):
        from openapi_spec_validator import OpenAPIV31SpecValidator

        return [error.message for error in OpenAPIV31SpecValidator(self.document).iter_errors()]

    def test_keeps_the_rules_of_openapi(self):
        self.assertEqual(self.errors(), [])

    def test_would_be_refused_with_a_mistake(self):
        self.document["components"]["responses"]["Refused"].pop("description")
        self.assertNotEqual(self.errors(), [])

    def test_gives_each_operation_a_name_of_its_own(self):
        names = [
            operation["operationId"]
            for item in self.document["paths"].values()
            for method, operation in item.items()
            if method in ("get", "post", "delete")
        ]
        self.assertGreater(len(names), 30)
        self.assertEqual(len(names), len(set(names)))


def main():
    venv, file = (pathlib.Path(argument) for argument in sys.argv[1:])
    if not (venv / "installed.txt").exists():
        print(f"{venv} is missing; scripts/test installs it")
        return SKIPPED
    python = venv / "bin/python"
    if pathlib.Path(sys.executable) != python:
        os.execv(python, [python, "-B", *sys.argv])
    Description.file = file
    return not unittest.main(argv=[sys.argv[0], "-v"], exit=False).result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
