"""Checks the loops over key and value rows of the template for few queries.
Usage: decode_loops.py FILE.s ISA

Such a loop is one basic block that jumps back to itself, multiplies and adds,
and reads a row by vectors through a register that a register (the stride of the
rows) is added to. It must read each row once, in address order: hardware
prefetchers lose track otherwise, and that costs half of the bandwidth. It must
not call anything.
"""

import re
import sys

from inner_loops import FMA, single_block_loops

READ = re.compile(r"(-?\d*)\((%r\w+)\)")


def row_registers(body):
    """Registers that another register is added to."""
    return {o.split(",")[1].strip() for m, o in body
            if m == "addq" and re.match(r"%r\w+,\s*%r\w+$", o)}


def row_reads(body):
    """Displacements of the vectors read through a row register, in order."""
    rows = row_registers(body)
    reads = []
    for mnemonic, operands in body:
        source = READ.match(operands.strip())
        if source and source[2] in rows and re.search(r"%[yz]mm", operands):
            reads.append(int(source[1] or 0))
    return reads


def main():
    path, isa = sys.argv[1:]
    bad, loops = [], 0
    for function, label, body in single_block_loops(open(path)):
        reads = row_reads(body)
        if f"__{isa}__" not in function or len(reads) < 4:
            continue
        if not any(FMA.match(m) for m, _ in body):
            continue
        loops += 1
        print(f"{label}: {len(reads)} vectors a row")
        if any(b <= a for a, b in zip(reads, reads[1:])):
            bad.append(f"{function}: {label}: not in address order: {reads}")
        bad += [f"{function}: {label}: calls {o}" for m, o in body
                if m.startswith("call")]
    if loops < 2:
        bad.append(f"expected a loop over keys and one over values, found {loops}")
    for fault in bad:
        print(fault)
    if not bad:
        print("rows are read in address order")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
