"""Compares a report of sextantc --explain --extents with brute force.

Usage: check_extents.py REPORT B H M N. Every pair of every head is asked; tiles
are as large as the report says.
"""

import re
import sys


def sees(mask, head, query, key):
    distance = query - key
    return {
        "everything": True,
        "causal": distance >= 0,
        "window": -5 <= distance <= 40,
        "tree": key < 17 or (distance >= 0 and not 0 <= distance <= 30),
        "by_head": distance <= 32 * head,
        "stripes": key % 3 == head,
    }[mask]


def brute_force(mask, batches, heads, queries, keys, rows, leaf):
    counts = {"empty": 0, "full": 0, "partial": 0}
    pairs = 0
    for head in range(heads):
        for i0 in range(0, queries, rows):
            for j0 in range(0, keys, leaf):
                tile = [
                    sees(mask, head, keys - queries + i, j)
                    for i in range(i0, min(i0 + rows, queries))
                    for j in range(j0, min(j0 + leaf, keys))
                ]
                kind = "full" if all(tile) else "partial" if any(tile) else "empty"
                counts[kind] += batches
                pairs += batches * sum(tile)
    return counts, pairs


def main():
    report = open(sys.argv[1]).read()
    batches, heads, queries, keys = map(int, sys.argv[2:])
    sections = re.findall(r"^@(\w+) on .*\n((?:  .*\n)+)", report, re.M)
    assert len(sections) == 6, sections
    for mask, text in sections:
        rows, leaf, tiles = map(
            int, re.search(r"tiles of (\d+) queries x (\d+) keys: (\d+)", text).groups()
        )
        said = {
            kind: int(re.search(rf"^    {kind} +(\d+) ", text, re.M).group(1))
            for kind in ("empty", "full", "partial")
        }
        counts, pairs = brute_force(mask, batches, heads, queries, keys, rows, leaf)
        assert sum(said.values()) == tiles, (mask, said, tiles)
        # Intervals know nothing of how two masks of one tree depend on each other.
        if mask == "tree":
            assert said["empty"] <= counts["empty"] and said["full"] <= counts["full"]
        else:
            assert said == counts, (mask, said, counts)
        visible = int(re.search(r"visible pairs: (\d+) ", text).group(1))
        assert visible == pairs, (mask, visible, pairs)
        flops = int(re.search(r"useful FLOPs: (\d+) ", text).group(1))
        assert flops == 2 * pairs * (8 + 4), (mask, flops)
        print(mask, "agrees")


main()
