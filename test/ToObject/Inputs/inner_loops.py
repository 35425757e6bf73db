"""Checks the loops of a kernel that hold its accumulators in registers.
Usage: inner_loops.py FILE.s ISA [PHASE]

Such a loop is one basic block that jumps back to itself and adds to at least
eight vector registers that nothing else in it writes. It may hold fused
multiply-adds, loads, broadcasts of a loaded number, prefetches and the arithmetic
of addresses, and must not touch the stack: no spill, no call, no scalar arithmetic. Where the
instruction set has no fused multiply-add, it is a block with at least eight
sums and as many products, which may also move registers: an instruction there
overwrites an operand. No loop of ISA divides or takes a root, and functions of
ISA must not call anything at all. With PHASE only the functions of that phase
are checked, such as p1.
"""

import re
import sys

ACCUMULATORS = 8
FMA = re.compile(r"vfn?m(add|sub)(132|213|231)ps$|vdpbf16ps$")
LOAD = {"vbroadcastss", "vmovups", "vmovaps", "vpbroadcastd", "vmovdqu64",
        "vmovdqa64"}
SUM, PRODUCT = "addps", "mulps"
# What a tile without fused multiply-adds is made of.
UNFUSED = {SUM, PRODUCT, "movss", "shufps", "movups", "movaps"}
DIVISION = re.compile(r"v?(div|sqrt|rsqrt|rcp)\w*[ps][sd]$|i?div[bwlq]?$")
ADDRESS = re.compile(r"(add|sub|imul|inc|dec|cmp|lea|test|mov)[qlbw]?$|j[a-z]+$"
                     r"|prefetcht[012]$")


def instructions(lines):
    """Yields (function, label or None, mnemonic or None, operands)."""
    function = None
    for line in lines:
        line = line.split("#")[0].rstrip()
        label = re.match(r'"?([^\s":]+)"?:', line)
        if label:
            if not label[1].startswith(".L"):
                function = label[1]
            yield function, label[1], None, ""
        elif re.match(r"\s+[a-z]", line):
            words = line.split(None, 1)
            yield function, None, words[0], words[1] if len(words) > 1 else ""


def single_block_loops(lines):
    """Yields (function, label, body) for blocks that jump back to themselves."""
    label, body = None, []
    for function, name, mnemonic, operands in instructions(lines):
        if name:
            label, body = name, []
            continue
        body.append((mnemonic, operands))
        if mnemonic.startswith("j"):
            if label and operands.strip() == label:
                yield function, label, body
            label = None  # what follows is another block


def last_operand(operands):
    return operands.rsplit(",", 1)[-1].strip()


def accumulators(body):
    added = {last_operand(o) for m, o in body if FMA.match(m)}
    written = {last_operand(o) for m, o in body if not FMA.match(m)}
    return {r for r in added - written if re.match(r"%[yz]mm", r)}


def frame_pointers(lines):
    """Functions that address their stack through %rbp."""
    return {f for f, _, m, o in instructions(lines)
            if m == "movq" and re.fullmatch(r"%rsp,\s*%rbp", o)}


def count(body, mnemonic):
    return sum(m == mnemonic for m, _ in body)


def unfused_tile(body):
    """Sums of a tile without fused multiply-adds; 0 if it is none."""
    sums = count(body, SUM)
    return sums if sums >= ACCUMULATORS and sums == count(body, PRODUCT) else 0


def faults(body, stack):
    fused = any(FMA.match(mnemonic) for mnemonic, _ in body)
    for mnemonic, operands in body:
        text = f"{mnemonic} {operands}"
        if any(register in operands for register in stack):
            yield f"touches the stack: {text}"
        elif not fused and mnemonic in UNFUSED:
            if mnemonic == "shufps" and not operands.startswith("$0,"):
                yield f"no broadcast: {text}"
        elif FMA.match(mnemonic):
            if "%xmm" in operands:
                yield f"narrow multiply-add: {text}"
        elif mnemonic in LOAD:
            if "(" not in operands.rsplit(",", 1)[0]:
                yield f"moves between registers: {text}"
        elif not ADDRESS.match(mnemonic):
            yield f"unexpected instruction: {text}"


def main():
    path, isa, *phase = sys.argv[1:]
    own = f"__{isa}__" + "".join(f"{p}." for p in phase)
    lines = open(path).read().splitlines()
    bad, loops = [], 0
    framed = frame_pointers(lines)
    for function, _, mnemonic, operands in instructions(lines):
        if mnemonic and mnemonic.startswith("call") and own in function:
            bad.append(f"{function}: calls {operands}")
    for function, label, body in single_block_loops(lines):
        if own not in function:
            continue
        bad += [f"{function}: {label}: divides: {mnemonic} {operands}"
                for mnemonic, operands in body if DIVISION.match(mnemonic)]
        held, sums = accumulators(body), unfused_tile(body)
        if len(held) < ACCUMULATORS and not sums:
            continue
        loops += 1
        stack = ["%rsp"] + ["%rbp"] * (function in framed)
        fmas = sum(bool(FMA.match(m)) for m, _ in body)
        if sums:
            print(f"{label}: {sums} products and sums in {len(body)} instructions")
        else:
            print(f"{label}: {len(held)} accumulators, {fmas} multiply-adds in "
                  f"{len(body)} instructions")
        bad += [f"{function}: {label}: {fault}"
                for fault in faults(body, stack)]
        # But for the loop's own counters. Where one vector of queries fills the
        # accumulators, each multiply-add has a load of its own.
        share = 0.5 if len(held) > ACCUMULATORS else 0.4
        if fmas + 2 * sums < share * (len(body) - 4):
            bad.append(f"{function}: {label}: too few multiply-adds")
    # Scores tested and untested, and values.
    if loops < 3:
        bad.append(f"expected 3 loops with {ACCUMULATORS} accumulators or more, "
                   f"found {loops}")
    for fault in bad:
        print(fault)
    if not bad:
        print("inner loops are clean")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
