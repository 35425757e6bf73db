"""Compares a report of sextantc --explain --extents with brute force.

Usage: check_extents.py REPORT B H M N. Every pair of every head is asked; tiles
are as large as the report says.
"""

import re
import sys


def near(i, k, extent, kernel, stride=1):
    """One axis of a neighbourhood."""
    leader = min(i // stride * stride + stride // 2, extent - 1)
    start = min(max(leader - kernel // 2, 0), extent - kernel)
    return start <= k < start + kernel


def sees(mask, heads, head, query, key):
    distance = query - key
    return {
        "everything": True,
        "causal": distance >= 0,
        "window": -5 <= distance <= 40,
        "tree": key < 17 or (distance >= 0 and not 0 <= distance <= 30),
        "by_head": distance <= 32 * head,
        "stripes": key % 3 == head,
        "dilated": distance % 70 == 0,
        "strided": distance >= 0 and (distance <= 31 or distance % 64 == 0),
        "periodic": 3 <= key % 90 < 43,
        "near_chunks": 0 <= query // 32 - key // 32 <= 1,
        "streaming": distance >= 0 and (key < 4 or distance < 40),
        "longformer": abs(distance) <= 9 or query < 3 or key < 3,
        "segments": query // 60 == key // 60 and query % 60 % 2 == key % 60 % 2 == head * 2 // heads,
        "grid": query in range(256) and key in range(256)
        and near(query // 16, key // 16, 16, 3) and near(query % 16, key % 16, 16, 5),
        "line": query in range(300) and key in range(300) and near(query, key, 300, 40, 8),
    }[mask]


def brute_force(mask, batches, heads, queries, keys, rows, leaf):
    counts = {"empty": 0, "full": 0, "partial": 0}
    pairs = 0
    for head in range(heads):
        for i0 in range(0, queries, rows):
            for j0 in range(0, keys, leaf):
                tile = [
                    sees(mask, heads, head, keys - queries + i, j)
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
    assert len(sections) == 15, sections
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
        # Intervals know nothing of how two masks of one tree depend on each other,
        # nor of the gaps in what a remainder may be.
        if mask in ("tree", "strided", "segments", "grid", "streaming", "longformer", "dilated",
                    "periodic"):
            assert said["empty"] <= counts["empty"] and said["full"] <= counts["full"]
        else:
            assert said == counts, (mask, said, counts)
        visible = int(re.search(r"visible pairs: (\d+) ", text).group(1))
        assert visible == pairs, (mask, visible, pairs)
        flops = int(re.search(r"useful FLOPs: (\d+) ", text).group(1))
        assert flops == 2 * pairs * (8 + 4), (mask, flops)
        print(mask, "agrees")


main()
