// Rotary attention of bf16 rows, causal: key features are stored, values and
// weights are packed.
!rows = tensor<?x?x?x64xbf16>
!pos = tensor<?x?xi32>
func.func @rows16(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : !rows, !pos
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : !rows, !pos
  %s = attn.scores %qr, %kr scale(0.125) : !rows, !rows
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal)
      : tensor<?x?x?x?xf32>, !pos, !pos
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, !rows
  return %o : !rows
}
