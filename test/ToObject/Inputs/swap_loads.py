"""Swaps the displacements -224 and -192 of fused multiply-adds."""

import re
import sys

OTHER = {"-224(": "-192(", "-192(": "-224("}
for line in sys.stdin:
    if "vfmadd" in line:
        line = re.sub(r"-(224|192)\(", lambda m: OTHER[m[0]], line)
    sys.stdout.write(line)
