"""Inserts an instruction into the first loop that is dense with multiply-adds,
or, if there is none, with products and sums.
Usage: spoil.py INSTRUCTION < FILE.s
"""

import re
import sys

lines = sys.stdin.read().splitlines()


def first_loop(is_dense):
    """The line of the label of the first loop that is dense; None without one."""
    label, start = None, 0
    for i, line in enumerate(lines):
        named = re.match(r"(\.L[^\s:]+):", line)
        if named:
            label, start = named[1], i
        elif re.match(rf"\s+j\w+\s+{re.escape(label or '?')}$", line):
            if is_dense("".join(lines[start:i])):
                return start
    return None


# An artifact carries the baseline too, so what is fused is looked for first.
place = first_loop(lambda body: body.count("vfmadd231ps") >= 16 and "%ymm" in body)
if place is None:
    place = first_loop(lambda body: body.count("\taddps") >= 8
                       and body.count("\taddps") == body.count("\tmulps"))
if place is None:
    sys.exit("no loop of multiply-adds")
lines.insert(place + 4, "\t" + sys.argv[1])
print("\n".join(lines))
