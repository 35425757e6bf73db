#!/usr/bin/env bash
# compiler/ and runtime/ name no encoding and no mask: the names of the entries
# in dialect/Attn/{Masks,Normalizers,Positions,Rows} and of the papers behind the examples.
set -euo pipefail
cd "$1"

# The mnemonic of every entry, as its TableGen file spells it.
mnemonics=$(grep -hoE 'Attn_[A-Za-z]*<"[A-Za-z0-9]+", "[a-z0-9_]+"' \
  dialect/Attn/{Masks,Normalizers,Positions,Rows}/*.td |
  sed -E 's/.*"([a-z0-9_]+)"/\1/' | sort -u)
# Words with an everyday meaning, which say nothing about a variant; 'causal' is
# also a property of any mask, sinK the sine of an angle K.
everyday='and|or|not|linear|prefix|lengths|magnitude|causal|tree|sink'
names=$(printf '%s\n' $mnemonics | grep -vxE "$everyday")
papers='coca|collinear|xpos|kerple|sandwich|yarn|t5|rotary embedding'
pattern=$(printf '%s\n' $names | paste -sd'|')
[ -n "$pattern" ] || { echo "found no entry in dialect/Attn"; exit 1; }

if grep -rniwE "$pattern|$papers" compiler runtime; then
  echo "error: compiler/ and runtime/ must not name a variant (lines above)"
  exit 1
fi
echo "no variant is named; looked for: $pattern|$papers"
