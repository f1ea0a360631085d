"""What the writers of tables share. A writer prints its table; with --check it compares the table
beside it with what it would print, which a test does."""

import base64
import json
import pathlib
import sys


def b64(raw):
    return base64.b64encode(raw).decode()


def write(rows, table):
    """Prints the rows as JSON, one a line, or checks that `table` holds just that."""
    names = [row.get("id", row.get("name")) for row in rows]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"names given twice: {twice}"
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if sys.argv[1:] == ["--check"]:
        if pathlib.Path(table).read_text() != text:
            sys.exit(f"{table} is not what its writer prints; write it anew")
        print(f"{len(rows)} cases")
    else:
        sys.stdout.write(text)
