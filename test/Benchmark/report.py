#!/usr/bin/env python3
"""Writes docs/Performance.md, its plots and the speed table of README.md from
the results in test/Benchmark/results, and docs/Performance/NAME.md from those of
another machine in test/Benchmark/results/NAME.

Usage: report.py [--check] [ROOT]

Plots need matplotlib (python3 -m venv VENV; VENV/bin/pip install matplotlib);
without it the tables are written and the plots left as they are, which is said.
--check writes nothing and fails if a text is not what the results say.
"""

import argparse
import glob
import json
import math
import os
import sys

import plots

MASKS = ("full", "causal")


def load(folder, kind):
    """The files KIND-GROUP.json: cases by group, and the machines by group."""
    cases, heads = {}, {}
    for path in sorted(glob.glob(os.path.join(folder, f"{kind}-*.json"))):
        with open(path) as file:
            content = json.load(file)
        for case in content["cases"]:
            cases.setdefault(case["group"], []).append(case)
            heads[case["group"]] = {k: v for k, v in content.items() if k != "cases"}
    return cases, heads


def value(case, name):
    text = case["variables"].get(name, "")
    return int(text) if text.isdigit() else text


def select(cases, **wanted):
    return [c for c in cases if all(value(c, k) == v for k, v in wanted.items())]


def values(cases, name):
    return sorted({value(c, name) for c in cases}, key=lambda v: (isinstance(v, str), v))


def percent(share):
    return f"{100 * share:.0f} %"


def spread(of, show):
    return f"{show(of['median'])} ({show(of['lower_quartile'])} to {show(of['upper_quartile'])})"


def ratio(number):
    return f"{number:.2f}"


def milliseconds(number):
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n"


def share_cell(found):
    """Median and best share of the only case found, and median share of the peak."""
    if not found:
        return ""
    if "refused" in found[0]:
        return "refused"
    share = found[0]["share_of_ceiling"]
    return (f"{percent(share['median'])} ({percent(share['most'])}), "
            f"{percent(found[0]['share_of_peak']['median'])}")


def machine_text(head):
    m = head["machine"]
    cache = ", ".join(f"{name} {m[key] // 1024} KiB" for name, key in
                      [("L1d", "l1d_bytes"), ("L2", "l2_bytes"), ("L3", "l3_bytes")] if m[key])
    return (f"{m['cpu']} (LLVM tunes for {m['tuned_as']}), {m['isa']}, {m['cores']} cores, "
            f"{m['clock_mhz']:.0f} MHz by the kernel's count, {cache}; {m['compiler']}; {load_text(head)}")


def load_text(head):
    """How busy the machine was; a launcher may have quietened it."""
    return f"load average {head['machine']['load_at_start'][0]:.0f} when the run began"


def length(cases):
    columns = [(v, d, m) for v in values(cases, "variant") for d in values(cases, "D")
               for m in MASKS]
    rows = [[str(n)] + [share_cell(select(cases, variant=v, D=d, mask=m, N=n))
                        for v, d, m in columns] for n in values(cases, "N")]
    return table(["N"] + [f"{v}, D = {d}, {m}" for v, d, m in columns], rows)


def channels(cases):
    rows = [[str(d)] + [share_cell(select(cases, D=d, mask=m)) for m in MASKS]
            for d in values(cases, "D")]
    return table(["D"] + list(MASKS), rows)


def types(cases):
    kinds = values(cases, "type")
    rows = [[f"{v}, D = {d}, {m}"] + [time_cell(select(cases, variant=v, D=d, mask=m, type=t))
                                      for t in kinds]
            for v in values(cases, "variant") for d in values(cases, "D") for m in MASKS]
    return table([""] + kinds, rows)


def halves(cases):
    columns = [(d, m) for d in values(cases, "D") for m in MASKS]
    rows = [[str(n)] + [time_cell(select(cases, D=d, mask=m, N=n)) for d, m in columns]
            for n in values(cases, "N")]
    return table(["N"] + [f"D = {d}, {m}" for d, m in columns], rows)


def time_cell(found):
    """Median time and median share of the only case found."""
    if not found or "refused" in found[0]:
        return "refused" if found else ""
    case = found[0]
    return (f"{milliseconds(case['time_ms']['median'])} ms, "
            f"{percent(case['share_of_ceiling']['median'])}")


def decode(cases):
    """Times by cache length, then the pairs that share a process."""
    paired = [c for c in cases if "ratio_to_baseline" in c]
    alone = [c for c in cases if c not in paired]
    variants = values(alone, "variant")
    rows = []
    for n in values(alone, "N"):
        for d in values(alone, "D"):
            for t in values(alone, "type"):
                cells = [time_cell(select(alone, variant=v, N=n, D=d, type=t))
                         for v in variants]
                if any(cells):
                    rows.append([str(n), str(d), t] + cells)
    text = table(["keys", "D", "type"] + variants, rows)
    return text + (pairs(paired) if paired else "")


def threads(cases):
    rows = []
    for mask in MASKS:
        alone = select(cases, mask=mask, threads=1)
        for case in select(cases, mask=mask):
            if "refused" in case or not alone:
                continue
            gain = alone[0]["time_ms"]["median"] / case["time_ms"]["median"]
            rows.append([mask, str(case["threads"]), spread(case["time_ms"], milliseconds),
                         f"{gain:.2f}", share_cell([case])])
    return table(["mask", "threads", "ms (quartiles)", "times faster than one",
                  "share"], rows)


def pairs(cases):
    rows = [[c["name"].split(" ", 1)[1], "refused" if "refused" in c else
             spread(c["ratio_to_baseline"], ratio)] for c in cases]
    return table(["pair", "time / baseline (quartiles)"], rows)


def geometric_mean(numbers):
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def peer_cell(found, peer):
    if not found:
        return ""
    case = found[0]
    if "refused" in case:
        return "refused"
    if peer in case["missing"]:
        return "missing"
    of = case["ratio_to_sextant"].get(peer)
    return spread(of, ratio) if of else ""


def sdpa_table(cases):
    columns = [(d, m) for d in values(cases, "D") for m in MASKS]
    text = ""
    for variant in values(cases, "variant"):
        here = select(cases, variant=variant)
        rows = [[str(n)] + [peer_cell(select(here, D=d, mask=m, N=n), "sdpa")
                            for d, m in columns] for n in values(here, "N")]
        ratios = [c["ratio_to_sextant"]["sdpa"]["median"] for c in here
                  if "sdpa" in c.get("ratio_to_sextant", {})]
        text += table([f"{variant}, N"] + [f"D = {d}, {m}" for d, m in columns], rows)
        if ratios:
            text += (f"Geometric mean of the {len(ratios)} medians {geometric_mean(ratios):.2f}, "
                     f"least {min(ratios):.2f}, most {max(ratios):.2f}.\n\n")
    return text


def peer_table(cases):
    peers = [p for p in ("sdpa", "flex", "eager", "einsum", "naive")
             if any(p in c.get("ratio_to_sextant", {}) or p in c.get("missing", {})
                    for c in cases)]
    rows = []
    for case in cases:
        row = [case["name"].split(" ", 1)[1]]
        for peer in peers:
            cell = peer_cell([case], peer)
            peak = case.get("peak_bytes", {})
            if peer in ("einsum", "naive") and peak.get(peer) and peak.get("sextant") is not None:
                cell += f", ≥ {peak[peer] / 2**20:.0f} MiB"
            row.append(cell)
        ours = case.get("peak_bytes", {}).get("sextant")
        row.append(f"{ours / 2**20:.2f} MiB" if ours is not None else "")
        rows.append(row)
    return table(["case"] + peers + ["our memory"], rows)


SECTIONS = [
    ("length", length, "## Length of the sequence\n\nPrefill, one core, f32: share of the "
     "multiply-adds kept up beside the call, median of the processes' medians and (best call); then "
     "the median share of the peak.\n"),
    ("channels", channels, "## Channels\n\nRotary attention, N = 2048, one core, f32: shares as "
     "above.\n"),
    ("types", types, "## Element types\n\nN = 2048, one core: time, and share of the rate "
     "kept up: for bf16 of products of bf16 where the CPU has them, else of the multiply-adds.\n"),
    ("half", halves, "## Length of the sequence, bf16\n\nCoCA (slack), one core: time, and share of "
     "the bf16 products kept up: of tiles where the instruction set has them (x86-64-v4-amx), else "
     "of pairs.\n"),
    ("decode", decode, "## Decode\n\nOne query against a cache of keys "
     "and values, one core: time and share of the rate at which the same tensors are read. "
     "The keys are as the program takes them: not rotated in rope, coefficients in coca_slack.\n"),
    ("grouped", decode, "### Heads that share keys\n\nAs above, eight heads of the query to one "
     "of keys and values.\n"),
    ("threads", threads, "## Threads\n\nRotary attention, N = 2048, 8 heads, 64 channels, f32, wall "
     "clock; shares as above, of all threads.\n"),
    ("variants", pairs, "## Variants against each other\n\nTwo kernels in turn in one process; the "
     "ratio of each pair of calls. N = 4096 and causal unless said.\n"),
]

PEER_SECTIONS = [
    ("length", sdpa_table, "### scaled_dot_product_attention\n\nOn features that PyTorch computes "
     "eagerly from the same tensors, E and F of coca_slack.\n"),
    ("half", sdpa_table, "### The same, bf16\n\n"),
    ("types", peer_table, "### Element types\n\n"),
    ("decode", peer_table, "### Decode\n\n"),
    ("peers", peer_table, "### Other variants, and FlexAttention, compiled\n\nRope for "
     "scaled_dot_product_attention: queries and keys rotated eagerly. Block masks and mask tensors "
     "are made once and not timed.\n"),
    ("einsum", peer_table, "### The authors' form of CoCA, and the definition\n\nWith the memory "
     "that a call takes beside its inputs: at least, for PyTorch, whose allocator keeps some from call to call.\n"),
]


def compilations(content):
    """Whole processes, in milliseconds."""
    def cell(of):
        return spread(of, lambda s: f"{1000 * s:.0f}")
    rows = [[c["program"], cell(c["host_loaded"]), cell(c["all_library"])]
            for c in content["cases"]]
    return ("## Compiling\n\nMilliseconds from the start of a process to its end, median and "
            f"quartiles of {content['cases'][0]['host_loaded']['calls']} processes, "
            f"{content['threads']} threads: `sextant-run` reads an example's source, compiles it "
            "for this machine, loads the code and calls it once on 16 queries; `sextantc "
            "--target=all` writes a library for all levels of x86-64.\n\n"
            + table(["example", "source to called code", "source to library, all levels"], rows))


def performance(folder, name="", others=()):
    """The page of the results in `folder`: the first, or that of machine `name`."""
    kernels, heads = load(folder, "kernels")
    peers, peer_heads = load(folder, "peers")
    compiling = os.path.join(folder, "compile.json")
    up, pictures = ("../", name) if name else ("", "Performance")
    any_head = next(iter(heads.values()))
    method = any_head["method"]
    text = (
        f"# Performance{': ' + name if name else ''}\n\n"
        f"Written by `scripts/bench` from `{os.path.join('test/Benchmark/results', name).rstrip('/')}`; not by "
        f"hand. What is timed and how: [HowTo/Measure.md]({up}HowTo/Measure.md).\n\n"
        f"- Machine: {machine_text(any_head)}. A virtual machine that shares its host: the ceilings "
        "beside the calls move too, and shares are against them.\n"
        f"- Each case: {method['processes']} processes of at least {method['least_calls']} calls; "
        "time is " + method["clock"] + ". The median is " + method["median"] +
        ", quartiles are " + method["quartiles"] + ".\n"
        "- Useful flops are " + method["flops"] + "; the ceiling is " + method["ceiling"] + ", the peak " + method["peak"] + ".\n")
    if others:
        text += "- Other machines: " + ", ".join(
            f"[{other}](Performance/{other}.md)" for other in others) + ".\n"
    text += "\n"
    for group, show, title in SECTIONS:
        if group not in kernels:
            continue
        text += title + "\n"
        if group in plots.PLOTS:
            text += f"![{group}]({pictures}/{group}.svg)\n\n"
        text += show(kernels[group])
    if os.path.exists(compiling):
        with open(compiling) as file:
            text += compilations(json.load(file))
    if not peers:
        return text
    head = next(iter(peer_heads.values()))["peers"]
    text += ("## Against other programs\n\n"
             f"PyTorch {head['torch']} (BLAS: {head['blas']}), {load_text(next(iter(peer_heads.values())))}; one thread, process CPU time, all in "
             "one process on the same tensors, one call each in turn; what computes features from "
             "the tensors is in everybody's time. Outputs are compared first. Numbers are **their "
             "time / our time**, median and quartiles over the rounds.\n\n")
    for group, show, title in PEER_SECTIONS:
        if group in peers:
            text += title + "\n" + show(peers[group])
    return text


def readme_table(kernels, heads, peers):
    """What the README quotes."""
    cases = kernels["length"]
    columns = [(d, m) for d in values(cases, "D") for m in MASKS]
    rows = [[f"{v}, N = {n}"] + [share_cell(select(cases, variant=v, N=n, D=d, mask=m))
                                  for d, m in columns]
            for v in values(cases, "variant") for n in (512, 2048, 8192)]
    text = (f"f32 prefill on one core of {next(iter(heads.values()))['machine']['cpu']} "
            f"({next(iter(heads.values()))['machine']['isa']}): share of the multiply-adds kept up beside "
            "each call, median (best call); then the median share of their peak.\n\n")
    text += table([""] + [f"D = {d} {m}" for d, m in columns], rows)
    for variant in values(peers.get("length", []), "variant"):
        found = [c for c in select(peers["length"], variant=variant)
                 if "sdpa" in c.get("ratio_to_sextant", {})]
        if found:
            ratios = [c["ratio_to_sextant"]["sdpa"]["median"] for c in found]
            lengths = values(found, "N")
            text += (f"PyTorch's `scaled_dot_product_attention` takes {geometric_mean(ratios):.2f} times "
                     f"as long as {variant} (geometric mean of {len(ratios)} cases, N = {lengths[0]} to "
                     f"{lengths[-1]}; least {min(ratios):.2f}).\n")
    return text


BEGIN, END = "<!-- speed, by scripts/bench -->\n", "<!-- end of speed -->\n"


def replaced(readme, text):
    before, rest = readme.split(BEGIN)
    return before + BEGIN + text + END + rest.split(END)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", default=os.path.join(os.path.dirname(
        os.path.abspath(__file__)), "../.."))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    results = os.path.join(options.root, "test/Benchmark/results")
    machines = sorted(entry.name for entry in os.scandir(results) if entry.is_dir())
    kernels, heads = load(results, "kernels")
    peers, _ = load(results, "peers")
    readme = os.path.join(options.root, "README.md")
    pages = os.path.join(options.root, "docs/Performance")
    with open(readme) as file:
        texts = {readme: replaced(file.read(), readme_table(kernels, heads, peers)),
                 pages + ".md": performance(results, others=machines)}
    for name in machines:
        texts[os.path.join(pages, name + ".md")] = performance(os.path.join(results, name), name)
    stale = 0
    for path, text in texts.items():
        if options.check:
            found = ""
            if os.path.exists(path):
                with open(path) as file:
                    found = file.read()
            if found != text:
                print(f"report: error: {os.path.relpath(path, options.root)} is not what "
                      "test/Benchmark/results says; run test/Benchmark/report.py")
                stale += 1
            continue
        with open(path, "w") as file:
            file.write(text)
    if not options.check:
        plots.draw(kernels, pages)
        for name in machines:
            plots.draw(load(os.path.join(results, name), "kernels")[0], os.path.join(pages, name))
    return stale


if __name__ == "__main__":
    sys.exit(main())
