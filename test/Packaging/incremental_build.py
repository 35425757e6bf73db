"""incremental_build.py NINJA BUILD SOURCE: what a change of one encoding builds again.

Steps are counted, not timed: ninja plans the build after the file of an
encoding was touched. Only what the encoding itself is made of may be compiled;
libraries and programs that contain it are linked.
"""

import os
import re
import subprocess
import sys

ninja, build, source = map(os.path.abspath, sys.argv[1:])

# Of ALiBi, as of any other entry: its object; from its .td also the two files
# that TableGen makes of it, and the generated reference.
LIMITS = {
    "dialect/Attn/Positions/ALiBi.cpp": 1,
    "dialect/Attn/Positions/ALiBi.td": 3,
}


def write_plan():
    """build.ninja without the step that writes it, which a dry run stops at."""
    plan = os.path.join(build, "test", "incremental.ninja")
    skip = False
    with open(os.path.join(build, "build.ninja")) as lines, open(plan, "w") as out:
        for line in lines:
            if not line.startswith(" "):
                skip = bool(re.match(r"build (build\.ninja|\S*cmake\.verify_globs):", line))
            if not skip:
                out.write(line)
    return plan


def steps(plan):
    run = subprocess.run(
        [ninja, "-C", build, "-f", plan, "-n", "all"],
        check=True, capture_output=True, text=True)
    return {re.sub(r"^\[\d+/\d+\] ", "", line)
            for line in run.stdout.splitlines() if line.startswith("[")}


def steps_after_touching(path, plan):
    before = os.stat(path)
    os.utime(path)
    try:
        return steps(plan)
    finally:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def is_link(step):
    return step.startswith(("Linking ", "Creating library symlink"))


plan = write_plan()
pending = steps(plan)
failed = False
for name, limit in LIMITS.items():
    again = steps_after_touching(os.path.join(source, name), plan) - pending
    made = sorted(step for step in again if not is_link(step))
    print(f"{name}: {len(made)} steps and {len(again) - len(made)} links")
    print("".join(f"  {step}\n" for step in made), end="")
    if not 1 <= len(made) <= limit:
        print(f"error: expected from 1 to {limit} steps beside links, got {len(made)}")
        failed = True
sys.exit(failed)
