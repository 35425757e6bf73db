"""Writes Variants.md, the table of the entries of dialect/Attn, from their
TableGen files.

    variants.py ROOT > docs/Variants.md     writes it
    variants.py ROOT --check                fails if it is not what it should be,
                                            or an entry lacks a section, a golden
                                            number or a test

An entry says its formula as the first code span of its description that maps
("->") or, without one, defines something ("="); its cost in a paragraph that
starts with "Cost:", its use in a block of MLIR.
"""

import pathlib
import re
import sys

ENTRY = re.compile(r'def \w+ *: Attn_\w+<"\w+", "(\w+)"(.*?)^}', re.S | re.M)
ACTS = {
    "Attn_RotaryInterface": "rows, as a rotation",
    "Attn_ScalingInterface": "a rotation's `scaling`",
    "Attn_RowEncodingInterface": "rows",
    "Attn_BiasInterface": "scores",
    "Attn_DistanceInterface": "the distance that a score turns by",
    "Attn_NormalizerInterface": "weights",
}
KINDS = [
    ("Positions", "Positional encodings", "The cost is that of the encoding, beside the dot products."),
    ("Rows", "Maps of rows", "They act on queries, keys, values or outputs, before or after a rotation."),
    ("Normalizers", "Normalizers", "How scores become weights, where it is no plain softmax."),
    ("Masks", "Masks", "A mask costs a search for the keys that a tile of queries sees; tiles that see only some are "
     "tested."),
]


class Entry:
    def __init__(self, path, mnemonic, body):
        self.path, self.mnemonic = path, mnemonic
        self.acts = next((text for name, text in ACTS.items() if name in body), "visible keys")
        description = re.search(r"description = \[\{(.*?)\}\]", body, re.S)
        description = description.group(1) if description else ""
        prose, _, example = description.partition("```mlir")
        example = example.partition("```")[0]
        spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
        summary = re.search(r'summary = "([^"]*)"', body)
        self.summary = summary.group(1) if summary else ""
        self.formula = next((span for sign in (" -> ", " = ") for span in spans if sign in span), "")
        cost = re.search(r"Cost:(.*?)(?:\n\s*\n|$)", prose, re.S)
        self.cost = " ".join(cost.group(1).split()).rstrip(".") if cost else ""
        used = re.search(r"#attn\.%s\b(<.*)?" % mnemonic, example, re.S)
        self.example = spelled(used.group(0)) if used else ""


def spelled(text):
    """The attribute at the start of `text`, up to its closing bracket."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "<") - (c == ">")
        if depth == 0 and (c == ">" or not re.match(r"[#\w.<]", c)):
            return " ".join(text[: i + (c == ">")].split()).replace("< ", "<")
    return " ".join(text.split())


def entries(root, kind):
    found = []
    for path in sorted((root / "dialect/Attn" / kind).glob("*.td")):
        for mnemonic, body in ENTRY.findall(path.read_text()):
            found.append(Entry(path.relative_to(root), mnemonic, body))
    return sorted(found, key=lambda e: e.mnemonic)


def cell(text):
    return text.replace("|", "\\|")


def page(root):
    lines = [
        "# Variants",
        "",
        "Every encoding, norm, normalizer and mask that has a name. This page is written by `docs/variants.py` from the",
        "entries' TableGen files; what they mean in full stands in [Spec.md](Spec.md).",
    ]
    for kind, title, about in KINDS:
        lines += ["", f"## {title}", "", about, "",
                  "| name | acts on | formula | cost | example |", "|---|---|---|---|---|"]
        for e in entries(root, kind):
            formula = f"`{cell(e.formula)}`" if e.formula else cell(e.summary)
            lines.append(f"| [{e.mnemonic}](../{e.path}) | {e.acts} | {formula} | "
                         f"{e.cost or '-'} | `{cell(e.example)}` |")
    return "\n".join(lines) + "\n"


def problems(root):
    def says(paths, mnemonic):
        word = re.compile(r"#attn\.%s\b" % mnemonic)
        return any(word.search(path.read_text(errors="replace")) for path in paths)

    where = {
        "docs/Spec.md": [root / "docs/Spec.md"],
        "test/Golden/entries.txt": [root / "test/Golden/entries.txt"],
        "a test in test/Dialect": list((root / "test/Dialect").rglob("*.mlir")),
        "a test in test/EndToEnd": list((root / "test/EndToEnd").glob("*.cpp")),
    }
    for kind, _, _ in KINDS:
        found = entries(root, kind)
        if not found:
            yield f"found no entry in dialect/Attn/{kind}"
        for e in found:
            for name, paths in where.items():
                if not says(paths, e.mnemonic):
                    yield f"{e.path}: #attn.{e.mnemonic} does not occur in {name}"
            if not e.example:
                yield f"{e.path}: #attn.{e.mnemonic} has no example in its description"
            if not e.cost:
                yield f"{e.path}: #attn.{e.mnemonic} has no line 'Cost: ...' in its description"
    if (root / "docs/Variants.md").read_text() != page(root):
        yield "docs/Variants.md is out of date: write it with docs/variants.py ROOT > docs/Variants.md"


def main():
    root = pathlib.Path(sys.argv[1])
    if "--check" not in sys.argv[2:]:
        sys.stdout.write(page(root))
        return 0
    found = list(problems(root))
    print("\n".join(found) or "every entry is complete")
    return bool(found)


sys.exit(main())
