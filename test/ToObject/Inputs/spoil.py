"""Inserts an instruction into the first loop that is dense with multiply-adds.
Usage: spoil.py INSTRUCTION < FILE.s
"""

import re
import sys

lines = sys.stdin.read().splitlines()
label, start = None, 0
for i, line in enumerate(lines):
    named = re.match(r"(\.L[^\s:]+):", line)
    if named:
        label, start = named[1], i
    elif re.match(rf"\s+j\w+\s+{re.escape(label or '?')}$", line):
        body = "".join(lines[start:i])
        if body.count("vfmadd231ps") >= 16 and "%ymm" in body:
            lines.insert(start + 4, "\t" + sys.argv[1])
            break
else:
    sys.exit("no loop of multiply-adds")
print("\n".join(lines))
