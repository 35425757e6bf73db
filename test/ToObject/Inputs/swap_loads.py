"""Swaps the displacements 64 and 96 of fused multiply-adds."""

import re
import sys

OTHER = {"64(": "96(", "96(": "64("}
for line in sys.stdin:
    if "vfmadd" in line:
        line = re.sub(r"(?<![\d-])(64|96)\(", lambda m: OTHER[m[0]], line)
    sys.stdout.write(line)
