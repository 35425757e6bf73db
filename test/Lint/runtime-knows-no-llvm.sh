#!/usr/bin/env bash
# runtime/ includes nothing of MLIR, LLVM, dialect/ or compiler/.
set -euo pipefail
cd "$1"
if grep -rnE '#include *["<](mlir|llvm|llvm-c|lld|dialect|compiler)/' runtime; then
  echo "error: runtime/ must not know the compiler (lines above)"
  exit 1
fi
echo "runtime/ stands alone"
