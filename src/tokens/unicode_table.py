#!/usr/bin/env python3
"""Writes unicode_table.inc, the classes of code points as the splitting of texts needs them.

python3 -m venv V && V/bin/pip install unicodedata2==16.0.0
V/bin/python src/tokens/unicode_table.py > src/tokens/unicode_table.inc

Unicode 16.0.0 is what OpenAI's tiktoken goes by; Python's own tables follow its version.
"""

import unicodedata2

BLOCK = 128
TABLE_END = 0x20000  # beyond, few runs are not "other"; they are listed
WHITE_SPACE = {0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
               *range(0x09, 0x0E), *range(0x2000, 0x200B)}
CLASSES = {"Ll": "l", "Lu": "u", "Lt": "u", "Lm": "c", "Lo": "c", "Mn": "m", "Mc": "m", "Me": "m",
           "Nd": "n", "Nl": "n", "No": "n"}


def class_of(code_point):
    if code_point in WHITE_SPACE:
        return "s"
    return CLASSES.get(unicodedata2.category(chr(code_point)), "p")


def runs(begin, end):
    """(first, last, class) of what is not "p"."""
    found = []
    for code_point in range(begin, end):
        kind = class_of(code_point)
        if kind == "p":
            continue
        if found and found[-1][1] == code_point - 1 and found[-1][2] == kind:
            found[-1][1] = code_point
        else:
            found.append([code_point, code_point, kind])
    return found


def main():
    assert unicodedata2.unidata_version == "16.0.0"
    blocks, numbers = [], []
    for begin in range(0, TABLE_END, BLOCK):
        block = "".join(class_of(code_point) for code_point in range(begin, begin + BLOCK))
        if block not in blocks:
            blocks.append(block)
        numbers.append(blocks.index(block))
    assert len(blocks) <= 256
    print("// Made by unicode_table.py for Unicode", unicodedata2.unidata_version)
    print("// clang-format off")
    print(f"constexpr std::size_t kBlockSize = {BLOCK};")
    print(f"constexpr char32_t kTableEnd = 0x{TABLE_END:X};")
    print(f"constexpr std::array<std::uint8_t, {len(numbers)}> kBlockNumbers{{")
    for i in range(0, len(numbers), 24):
        print("    " + ",".join(map(str, numbers[i:i + 24])) + ",")
    print("};")
    print("constexpr char kBlocks[] =")
    for block in blocks:
        print(f'    "{block[:64]}"\n    "{block[64:]}"')
    print("    ;")
    beyond = runs(TABLE_END, 0x110000)
    print(f"constexpr std::array<Run, {len(beyond)}> kBeyond{{{{")
    for first, last, kind in beyond:
        print(f"    {{0x{first:X}, 0x{last:X}, '{kind}'}},")
    print("}};")
    print("// clang-format on")


if __name__ == "__main__":
    main()
