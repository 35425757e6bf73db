"""Checks that the results of sextant-bench agree with themselves.
Usage: check_results.py RESULTS.json
"""

import json
import math
import sys

results = {case["name"]: case for case in json.load(open(sys.argv[1]))["cases"]}


def check_spread(spread):
    order = ["least", "lower_quartile", "upper_quartile", "most"]
    values = [spread[key] for key in order]
    assert values == sorted(values) and values[0] > 0, spread
    medians = spread["process_medians"]
    assert len(medians) == 2 and spread["median"] in medians, spread
    assert spread["least"] <= spread["median"] <= spread["most"], spread
    assert spread["calls"] == 6, spread


plain, read, pair = (results[name] for name in ("plain h4 n40", "read", "more keys"))
for case in (plain, read):
    for key in ("time_ms", "share_of_ceiling", "ceiling"):
        check_spread(case[key])
# Every pair of 4 heads of 40 queries and 40 keys, 64 + 64 channels, 2 flops.
assert plain["flops"] == 4 * 40 * 40 * 128 * 2, plain
assert plain["bytes"] == 4 * 64 * 40 * (4 + 2 + 2), plain
assert math.isclose(plain["rate"], plain["flops"] / plain["time_ms"]["median"] * 1e-6)
assert math.isclose(read["rate"], read["bytes"] / read["time_ms"]["median"] * 1e-6)
assert plain["variables"] == {"H": "4", "N": "40"}, plain
assert read["threads"] == 2 and read["ceiling"]["kind"] == "read", read
check_spread(pair["ratio_to_baseline"])
# 32 times the keys cannot take the time of 32 keys.
assert pair["ratio_to_baseline"]["median"] > 2, pair
