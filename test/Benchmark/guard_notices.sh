# guard_notices.sh SOURCE WORK: a kernel with a bad tile breaks the limit of a
# suite, and a kernel compared with itself does not.
set -eu
source=$1 work=$2
rm -rf "$work" && mkdir -p "$work" && cd "$work"

sextantc "$source/examples/rope/kernel.mlir" --emit=tiled -o good.mlir
bad='schedule(<queryVectors = 1, keyRows = 1, valueRows = 1, keyBlock = 96, keyLeaf = 24>)'
sed -E "s/(attn\.for_tiles [^{]*)\{/\1$bad {/" good.mlir >bad.mlir
! cmp -s good.mlir bad.mlir || { echo "no schedule was inserted"; exit 1; }

suite() {
  cat <<END
{"cases": [{"name": "$1", "group": "g", "program": "$1.mlir", "from": "tiled",
  "inputs": ["1x1x512x64", "1x1x512x64", "1x1x512x64"],
  "baseline": {"program": "good.mlir"}, "most_ratio": 1.35}]}
END
}
suite good >good.json
suite bad >bad.json
sextant-bench good.json --check --processes=1 --seconds=0.2
status=0
sextant-bench bad.json --check --processes=1 --seconds=0.2 2>bad.log || status=$?
cat bad.log
[ "$status" = 4 ] || { echo "a bad tile gave exit code $status, expected 4"; exit 1; }
grep -q "error: case 'bad': took .* times the baseline" bad.log
