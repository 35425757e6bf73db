#!/usr/bin/env python3
"""Times compilations of the examples as whole processes, from their start.

Usage: compile.py --bin=BUILD/bin --json=RESULTS.json [--repeat=N]

Two things are timed, in turn: sextant-run, which reads the program, compiles it
for this machine, loads the code, calls it on 16 queries and 16 keys and ends;
and sextantc --target=all, which writes a library for every level of x86-64.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

from peers import spread

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
# Program, and the channels of its inputs.
PROGRAMS = [("self_attention", [64, 64, 64]), ("alibi", [64, 64, 64]), ("rope", [64, 64, 64]),
            ("coca_slack", [64, 64, 64]), ("decode", [64, 32, 64])]


def seconds(command):
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    taken = time.monotonic() - start
    if done.returncode:
        sys.exit(f"compile: error: {' '.join(command)}: {done.stderr.strip()}")
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", required=True, help="where sextantc and sextant-run are")
    parser.add_argument("--json", required=True, help="where to write")
    parser.add_argument("--repeat", type=int, default=11, help="processes of each kind")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    commands = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, channels in PROGRAMS:
            source = os.path.join(ROOT, "examples", name, "kernel.mlir")
            shapes = ",".join(f"1x1x16x{d}" for d in channels)
            commands[name, "host_loaded"] = [
                os.path.join(options.bin, "sextant-run"), source, "--random=" + shapes]
            commands[name, "all_library"] = [
                os.path.join(options.bin, "sextantc"), source, "--target=all",
                "-o", os.path.join(scratch, name + ".so")]
        taken = {key: [] for key in commands}
        for _ in range(options.repeat):
            for key, command in commands.items():
                taken[key].append(seconds(command))
    cases = [{"program": name, **{kind: spread(taken[name, kind])
                                 for kind in ("host_loaded", "all_library")}}
             for name, _ in PROGRAMS]
    with open(options.json, "w") as file:
        json.dump({"load_at_start": load, "threads": os.cpu_count(), "cases": cases}, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
