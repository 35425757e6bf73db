"""Checks that a shared object asks nothing of its process and offers only what
its program declares.

Usage: check_artifact.py --compile DIR PROGRAM.mlir...
       check_artifact.py --library LIB.so PROGRAM.mlir

The first form compiles the programs itself. Reads the output of llvm-readelf
and llvm-nm; prints one line a breach.
"""

import argparse
import os
import re
import subprocess
import sys

FORBIDDEN_TAGS = {
    "NEEDED", "INIT", "FINI", "INIT_ARRAY", "FINI_ARRAY", "PREINIT_ARRAY",
    "TEXTREL", "RPATH", "RUNPATH", "JMPREL"}
FORBIDDEN_SECTIONS = re.compile(
    r"\.(init|fini|ctors|dtors|preinit_array|init_array|fini_array|tdata|tbss|interp|plt)\b")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


def readelf(flag, library):
    return output("llvm-readelf", "--wide", flag, library).splitlines()


def public_symbols(program):
    """What C callers and loaders may look for, from the program's text."""
    names = {"sextant_manifest"}
    for match in re.finditer(r"^\s*func\.func\s+(private\s+)?@([\w$.-]+)",
                             open(program).read(), re.M):
        if not match[1]:
            names |= {match[2], match[2] + "_workspace", match[2] + "_shapes"}
    return names


def breaches(program, library):
    if not any("Type:" in l and "DYN" in l for l in readelf("-h", library)):
        yield "it is no shared object"

    tags = [m[1] for l in readelf("-d", library)
            if (m := re.match(r"\s*0x[0-9a-f]+\s+\((\w+)\)", l))]
    if not tags:
        yield "it has no dynamic section, or its listing has changed"
    for tag in tags:
        if tag in FORBIDDEN_TAGS:
            yield f"dynamic tag {tag}"
    for line in readelf("-d", library):
        if re.search(r"\(FLAGS(_1)?\)", line) and re.search(
                r"TEXTREL|STATIC_TLS", line):
            yield f"dynamic flags {line.split(')')[1].strip()}"

    segments = [m for l in readelf("-l", library)
                if (m := re.match(r"\s+(\w+)\s+(?:0x[0-9a-f]+\s+){5}([RWE ]+?)\s",
                                  l))]
    if not any(m[1] == "LOAD" for m in segments):
        yield "it has no loaded segment, or their listing has changed"
    for segment in segments:
        if segment[1] in ("TLS", "INTERP"):
            yield f"segment {segment[1]}"
        if "W" in segment[2] and "E" in segment[2]:
            yield f"segment {segment[1]} is writable and executable"
    if not any(m[1] == "GNU_STACK" for m in segments):
        yield "it asks for an executable stack"

    for line in readelf("-S", library):
        if match := FORBIDDEN_SECTIONS.search(line):
            yield f"section {match[0]}"

    for line in readelf("-r", library):
        match = re.search(r"\bR_X86_64_\w+", line)
        if match and match[0] != "R_X86_64_RELATIVE":
            yield f"relocation {match[0]}"

    undefined = output("llvm-nm", "--undefined-only", library)
    undefined += output("llvm-nm", "-D", "--undefined-only", library)
    for name in undefined.split():
        if name not in ("U", "w", "v"):
            yield f"undefined symbol {name}"

    found = {l.split()[-1]
             for l in output("llvm-nm", "-D", "--defined-only",
                             library).splitlines()}
    wanted = public_symbols(program)
    for name in sorted(found - wanted):
        yield f"exported symbol {name}, which the program does not declare"
    for name in sorted(wanted - found):
        yield f"no exported symbol {name}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compile", metavar="DIR")
    parser.add_argument("--library", metavar="LIB")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    failed = False
    for program in options.programs:
        library = options.library
        if not library:
            os.makedirs(options.compile, exist_ok=True)
            library = os.path.join(options.compile, "artifact.so")
            output("sextantc", "--target=x86-64-v3", program, "-o", library)
        found = list(breaches(program, library))
        failed |= bool(found)
        name = "/".join(program.split("/")[-2:])
        for breach in found or ["clean"]:
            print(f"{name}: {breach}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
