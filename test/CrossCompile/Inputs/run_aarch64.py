"""Compiles a program for AArch64, runs it in an emulator on random inputs, and
compares with the reference interpreter.
Usage: run_aarch64.py CC INCLUDE WORK PROGRAM ENTRY SHAPE[,SHAPE...]

An output is a weighted mean of values, so its error is measured against the
largest value: 2^-19 of it; 2^-22 was the most that was seen.
"""

import os
import struct
import subprocess
import sys

import numpy

LIMIT = 2.0**-19


def run(*command, **more):
    return subprocess.run(command, check=True, **more)


def header(array):
    code = 2 if array.dtype.kind == "f" else 0
    fields = [code, 8 * array.itemsize, array.ndim, *array.shape]
    return struct.pack(f"<{len(fields)}q", *fields)


def main():
    cc, include, work, program, entry, shapes = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    path = lambda name: os.path.join(work, f"{entry}.{name}")
    random = numpy.random.default_rng(1)
    inputs, files = [], []
    for i, shape in enumerate(shapes.split(",")):
        extents = [int(extent) for extent in shape.split("x")]
        array = random.standard_normal(extents).astype(numpy.float32)
        # A parameter of a head is positive in every example.
        inputs.append(abs(array) if array.ndim == 1 else array)
        files.append(path(f"in{i}.npy"))
        numpy.save(files[-1], inputs[-1])
    run("sextant-run", program, *files, "--reference", f"--entry={entry}",
        "-o", path("expected.npy"))
    expected = numpy.load(path("expected.npy"))

    run("sextantc", program, "--target=aarch64", "--emit=obj", "-o", path("o"))
    driver = os.path.join(os.path.dirname(__file__), "driver.c")
    run(cc, "-x", "c", "--target=aarch64-linux-gnu", "-O1", "-ffreestanding",
        "-fno-stack-protector", "-fno-pie", f"-DKERNEL={entry}",
        "-I", include, "-c", driver, "-o", path("driver.o"))
    run(cc, "--target=aarch64-linux-gnu", "-nostdlib", "-static",
        "-fuse-ld=lld", path("driver.o"), path("o"), "-o", path("exe"))
    stream = struct.pack("<2q", len(inputs), 1)
    for array in inputs:
        stream += header(array) + array.tobytes()
    stream += header(expected)
    result = run("qemu-aarch64", path("exe"), input=stream,
                 stdout=subprocess.PIPE).stdout
    actual = numpy.frombuffer(result, numpy.float32).reshape(expected.shape)

    scale = abs(inputs[2]).max()
    error = float(abs(actual - expected).max() / scale)
    spread = float(expected.std() / scale)
    print(f"{entry}: error 2^{numpy.log2(max(error, 2.0**-40)):.1f}, "
          f"spread {spread:.3f}")
    if not error <= LIMIT or not spread > 1000 * LIMIT:
        sys.exit(f"{entry}: expected an error of at most 2^-19")
    print(f"{entry}: passed")


if __name__ == "__main__":
    main()
