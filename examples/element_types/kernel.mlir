// Rows of bf16 and values of f16; the output is f32. An element type says how a
// tensor is stored where a function takes or returns it. Nothing is rounded
// between, but that rows of bf16 may be multiplied as bf16 where they meet.
// attn.convert costs nothing, and lets rows of any types meet.
func.func @element_types(%q: tensor<?x?x?x64xbf16>, %k: tensor<?x?x?x64xbf16>, %v: tensor<?x?x?x64xf16>)
    -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xbf16>, tensor<?x?x?x64xbf16>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xbf16>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xbf16>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xbf16>, tensor<?x?x?x64xbf16>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.convert %v to f32 : tensor<?x?x?x64xf16>
  %o = attn.weighted_sum %p, %w : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
