"""Constraint labels stand in three places: the spec, a verifier, a test.

Usage: spec_labels.py ROOT
Prints every label of docs/Spec.md that no file of dialect/ or no file of test/
cites, and every label cited there that the spec does not define.
"""

import pathlib
import re
import sys

LABEL = re.compile(r"\b[a-z][a-z0-9_]*_c[0-9]+\b")
# A label in code stands in a comment, so that an identifier is none.
COMMENT = re.compile(r"//.*")
SOURCES = {".cpp", ".h", ".td", ".mlir"}


def cited(folder, skip=()):
    labels = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SOURCES or any(part in skip for part in path.parts):
            continue
        for comment in COMMENT.findall(path.read_text(errors="replace")):
            for label in LABEL.findall(comment):
                labels.setdefault(label, path)
    return labels


def main():
    root = pathlib.Path(sys.argv[1])
    spec = set(LABEL.findall((root / "docs" / "Spec.md").read_text()))
    verifiers = cited(root / "dialect")
    tests = cited(root / "test")
    problems = []
    if len(spec) < 60:
        problems.append(f"docs/Spec.md has {len(spec)} labels, expected at least 60")
    for label in sorted(spec):
        if label not in verifiers:
            problems.append(f"{label}: in docs/Spec.md, cited by no verifier in dialect/")
        if label not in tests:
            problems.append(f"{label}: in docs/Spec.md, cited by no test")
    for label, path in sorted({**tests, **verifiers}.items()):
        if label not in spec:
            problems.append(f"{label}: cited in {path}, not in docs/Spec.md")
    print("\n".join(problems) or f"{len(spec)} labels agree")
    return bool(problems)


sys.exit(main())
