# wrong_suite.sh DIR TEXT: lists the suite with this text.
mkdir -p "$1" && cd "$1" || exit 99
echo '// No program.' >p.mlir
printf '%s' "$2" >suite.json
sextant-bench suite.json --list
