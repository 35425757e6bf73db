#!/usr/bin/env python3
"""Times kernels of Sextant beside other programs, on the same tensors, in turn.

Usage: sextant-bench test/Benchmark/kernels.json --prepare=DIR
       peers.py DIR [--filter REGEX] [--json FILE] [--pairs N] [--launcher WORDS]

Every case of DIR/cases.json that names peers is measured, a few to a process
(PyTorch is slow to load): our library through ctypes and each peer on the same
tensors, one call each a round, one thread, process CPU time, what computes
features from the tensors included. The outputs of every peer are compared with ours first; a difference
is an error. Each is also asked how much memory a call takes at its peak.

The peers need PyTorch (tested with 2.13, CPU): python3 -m venv VENV;
VENV/bin/pip install torch==2.13.0 numpy; VENV/bin/python peers.py DIR.
Without it, nothing is measured and the exit code is 77 (skipped).
"""

import argparse
import ctypes
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
# Rounds stop after this long, unless there were fewer than five.
SECONDS = 5.0
CASES_A_PROCESS = 3


def load_abi():
    """The C ABI as the NumPy example declares it."""
    path = os.path.join(HERE, "../../examples/call_from_numpy/attention.py")
    spec = importlib.util.spec_from_file_location("sextant_abi", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Kernel:
    """A kernel of a library on given tensors; the call asks for the size of the
    workspace each time, as a caller does who knows nothing yet."""

    def __init__(self, library, entry, inputs, output):
        self.abi = load_abi()
        self.library = ctypes.CDLL(library)
        self.run = self.library[entry]
        self.workspace_size = self.library[entry + "_workspace"]
        self.tensors = [self.describe(t) for t in [*inputs, output]]
        self.message = ctypes.create_string_buffer(256)
        self.launch = self.abi.Launch(
            ctypes.sizeof(self.abi.Launch), 1, 1, isa=0,
            message=ctypes.cast(self.message, ctypes.c_char_p),
            message_bytes=len(self.message))
        self.ins = self.abi.pointers(self.tensors[:-1])
        self.outs = self.abi.pointers(self.tensors[-1:])
        self.size = ctypes.c_size_t()
        self.held = None
        self.output_bytes = output.element_size() * output.nelement()

    @property
    def bytes(self):
        """What a call takes beside its inputs: the output and the workspace."""
        return self.output_bytes + self.size.value

    def describe(self, tensor):
        code = {"float32": (2, 32), "float16": (2, 16), "bfloat16": (4, 16)}[
            str(tensor.dtype).split(".")[-1]]
        shape = (ctypes.c_int64 * tensor.dim())(*tensor.shape)
        strides = (ctypes.c_int64 * tensor.dim())(*tensor.stride())
        return self.abi.DLTensor(tensor.data_ptr(), self.abi.Device(1, 0), tensor.dim(),
                                 self.abi.DataType(*code, 1), shape, strides, 0)

    def check(self, status):
        if status:
            sys.exit("peers: error: our kernel refused: " + self.message.value.decode())

    def __call__(self):
        arguments = (self.ins, len(self.ins), self.outs, 1, ctypes.byref(self.launch))
        self.check(self.workspace_size(*arguments, ctypes.byref(self.size)))
        if self.size.value > self.launch.workspace_bytes:
            self.held = ctypes.create_string_buffer(self.size.value + 64)
            self.launch.workspace = (ctypes.addressof(self.held) + 63) // 64 * 64
            self.launch.workspace_bytes = self.size.value
        self.check(self.run(*arguments))


def peak_bytes(call):
    """How far the resident memory rises above its start during a call: no more
    than it takes, for memory that an earlier call left is used again."""
    def field(name):
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))
    try:
        with open("/proc/self/clear_refs", "w") as reset:
            reset.write("5")
    except OSError:
        return None
    before = field("VmRSS")
    call()
    return field("VmHWM") - before


def quantile(values, share):
    ordered = sorted(values)
    return ordered[int(share * (len(ordered) - 1) + 0.5)]


def spread(values, unit=1.0):
    return {name: unit * quantile(values, share) for name, share in
            [("least", 0), ("lower_quartile", 0.25), ("median", 0.5),
             ("upper_quartile", 0.75), ("most", 1)]} | {"calls": len(values)}


def measure(folder, case, pairs):
    """Runs one case in this process."""
    import torch

    import peer_forms

    torch.set_num_threads(1)
    torch.manual_seed(0)
    geometry = peer_forms.Geometry(case)
    inputs = [torch.randn([int(e) for e in shape.split("x")]).to(geometry.dtype)
              for shape in case["inputs"]]
    output = torch.empty(inputs[0].shape[:3] + inputs[2].shape[3:], dtype=geometry.dtype)
    ours = Kernel(os.path.join(folder, case["library"]), case["entry"], inputs, output)
    calls, result = {"sextant": ours}, {"missing": {}, "largest_error": {}, "peak_bytes": {}}
    ours()
    # An output is a mean of standard normal values; what computes another
    # function is wrong by a good part of one.
    bound = 1e-3 if geometry.dtype == torch.float32 else 5e-2
    with torch.inference_mode():
        for name in case["peers"]:
            try:
                run = peer_forms.FORMS[name](case, geometry)
                error = float((run(*inputs).float() - output.float()).abs().max())
            except peer_forms.Missing as missing:
                result["missing"][name] = str(missing)
                continue
            if not error <= bound:
                sys.exit(f"peers: error: case '{case['name']}': {name} differs from our "
                         f"kernel by {error}, expected at most {bound}")
            result["largest_error"][name] = error
            calls[name] = lambda run=run: run(*inputs)
        for name, call in calls.items():
            result["peak_bytes"][name] = ours.bytes if call is ours else peak_bytes(call)
        times = {name: [] for name in calls}
        begin = time.process_time()
        while len(times["sextant"]) < pairs and (
                len(times["sextant"]) < 5 or time.process_time() - begin < SECONDS):
            for name, call in calls.items():
                start = time.process_time()
                call()
                times[name].append(time.process_time() - start)
    result["time_ms"] = {name: spread(list_, 1e3) for name, list_ in times.items()}
    result["ratio_to_sextant"] = {
        name: spread([t / s for t, s in zip(list_, times["sextant"])])
        for name, list_ in times.items() if name != "sextant"}
    return result


def describe_peers():
    import torch
    blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return {"torch": torch.__version__, "blas": blas[1] if blas else "unknown",
            "python": ".".join(map(str, sys.version_info[:3]))}


def run_process(options, cases, launcher, pairs):
    """The results of `cases`, in order, from one process."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as out:
        command = [*launcher, sys.executable, os.path.abspath(__file__), options.folder,
                   "--worker", json.dumps([case["name"] for case in cases]),
                   "--json", out.name, "--pairs", str(pairs)]
        subprocess.run(command, check=True)
        return json.load(out)


def describe(result):
    """One line on one result."""
    words = [f"{name} {r['median']:.2f} ({r['lower_quartile']:.2f} to {r['upper_quartile']:.2f})"
             for name, r in result.get("ratio_to_sextant", {}).items()]
    words += [f"{name} missing: {why}" for name, why in result.get("missing", {}).items()]
    if "refused" in result:
        words.append("refused: " + result["refused"])
    return result["name"] + ": " + ", ".join(words)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", help="what sextant-bench --prepare wrote")
    parser.add_argument("--filter", default="", help="only cases whose names match")
    parser.add_argument("--json", help="where to write the results")
    parser.add_argument("--pairs", type=int, default=25, help="rounds of calls, at most")
    parser.add_argument("--launcher", default="", help="words before every process")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print("peers: SKIPPED: PyTorch is not installed for this Python; see the head of "
              "this file", file=sys.stderr)
        return SKIPPED
    prepared = json.load(open(os.path.join(options.folder, "cases.json")))
    if options.worker:
        named = {case["name"]: case for case in prepared["cases"]}
        with open(options.json, "w") as out:
            json.dump([measure(options.folder, named[name], options.pairs)
                       for name in json.loads(options.worker)], out)
        return 0

    launcher, results = shlex.split(options.launcher), []
    wanted = [case for case in prepared["cases"]
              if case["peers"] and re.search(options.filter, case["name"])]
    for start in range(0, len(wanted), CASES_A_PROCESS):
        cases = wanted[start:start + CASES_A_PROCESS]
        possible = [case for case in cases if "refused" not in case]
        if launcher and any("flex" in case["peers"] for case in possible):
            # Compiles, and leaves it on disk for the process that counts.
            run_process(options, possible, [], 1)
        measured = iter(run_process(options, possible, launcher, options.pairs)
                        if possible else [])
        for case in cases:
            result = {key: case[key] for key in ("name", "group", "variables", "inputs")}
            if "refused" in case:
                result["refused"] = case["refused"]
            else:
                result |= next(measured)
            results.append(result)
            print(describe(result), flush=True)
    report = {"machine": prepared["machine"], "peers": describe_peers(), "cases": results}
    if options.json:
        with open(options.json, "w") as out:
            json.dump(report, out, indent=2)
            out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
