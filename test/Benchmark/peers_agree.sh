# peers_agree.sh SOURCE WORK PYTHON: the peers of the smallest cases compute what
# our kernels compute. Exits with 77 where PYTHON has no PyTorch.
set -eu
source=$1 work=$2 python=$3
sextant-bench "$source/test/Benchmark/kernels.json" --prepare="$work" \
  --filter='(length coca.*d64 n128|einsum .*n512) '
"$python" "$source/test/Benchmark/peers.py" "$work" --pairs=2 --json="$work/results.json"
"$python" - "$work/results.json" <<'END'
import json, sys
cases = json.load(open(sys.argv[1]))["cases"]
assert len(cases) == 4, [case["name"] for case in cases]
for case in cases:
    peers = {"length": {"sdpa"}, "einsum": {"einsum", "naive"}}[case["group"]]
    assert set(case["ratio_to_sextant"]) == peers, case
    assert case["peak_bytes"]["sextant"] is not None, case
END
