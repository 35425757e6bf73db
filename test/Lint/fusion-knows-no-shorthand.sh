#!/usr/bin/env bash
# AttnToFused knows the general ops, the interfaces, arith and math. An op that
# expands (ExpandOpInterface) is a shorthand and must not be named there.
set -euo pipefail
cd "$1"
shorthands=$(awk '/^def Attn_[A-Za-z]+Op/ { name = $2; sub("Attn_", "", name) }
                  /Attn_ExpandInterface/ && name { print name; name = "" }' \
  dialect/Attn/IR/*Ops.td)
[ -n "$shorthands" ] || { echo "found no shorthand op"; exit 1; }
pattern=$(printf '%s\n' $shorthands | paste -sd'|')
if grep -rnwE "$pattern" compiler/AttnToFused; then
  echo "error: AttnToFused must not name a shorthand op (lines above)"
  exit 1
fi
echo "AttnToFused names none of: $pattern"
