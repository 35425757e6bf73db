"""How lit runs Sextant's tests: which files are tests, which tools they use."""

import importlib.util
import os
import shutil
import sys

import lit.formats
from lit.llvm import llvm_config

config.name = "sextant"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.sextant_binary_dir, "test")

# A test takes seconds; one that takes minutes hangs.
if importlib.util.find_spec("psutil"):
    lit_config.maxIndividualTestTime = 120

llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.sextant_tools_dir, append_path=True)
for name in ("TMPDIR", "SEXTANT_ISA"):
    llvm_config.with_system_environment(name)
config.substitutions.append(("%python", sys.executable))
config.substitutions.append(("%cc", config.host_cc))
config.substitutions.append(("%include", config.sextant_source_dir + "/runtime"))
# What links the runtime links what it is instrumented with.
config.substitutions.append(
    ("%runtime",
     f"{config.sextant_runtime_library} {config.sextant_sanitizers}"))

config.substitutions.append(("%examples", config.sextant_source_dir + "/examples"))
config.substitutions.append(
    ("%{aarch64}",
     f"{sys.executable} %S/Inputs/run_aarch64.py {config.host_cc} "
     f"{config.sextant_source_dir}/runtime %t"))

# An emulator is optional too: kernels for AArch64 are built without it.
if shutil.which("qemu-aarch64"):
    config.available_features.add("qemu-aarch64")
else:
    lit_config.note("qemu-aarch64 is not installed: AArch64 kernels are not run")

# NumPy is optional: without it the tests that need it are reported as such.
if importlib.util.find_spec("numpy"):
    config.available_features.add("numpy")
else:
    lit_config.note("NumPy is not installed: the NumPy example is not run")
