"""Inserts an instruction between two of the first dense run of multiply-adds.
Usage: spoil.py INSTRUCTION < FILE.s
"""

import sys

lines = sys.stdin.read().splitlines()
for i in range(len(lines)):
    window = "".join(lines[i:i + 8])
    if window.count("vfmadd231ps") >= 4 and window.count("%ymm") >= 12:
        lines.insert(i + 4, "\t" + sys.argv[1])
        break
else:
    sys.exit("no run of multiply-adds")
print("\n".join(lines))
