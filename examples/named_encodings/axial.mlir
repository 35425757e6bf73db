// Axial rotation of an image: a third of the pairs turn by each of time, row and
// column (sections as in Qwen2-VL). Positions are the caller's, three a token;
// the mask keeps to the order in which tokens are stored.
func.func @axial(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                 %v: tensor<?x?x?x64xf32>, %mq: tensor<?x?x3xi32>,
                 %mk: tensor<?x?x3xi32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %mq (#attn.mrope<spectrum = #attn.rope<base = 1.0e6>, sections = [8, 12, 12]>)
      : tensor<?x?x?x64xf32>, tensor<?x?x3xi32>
  %kr = attn.rotate %k at %mk (#attn.mrope<spectrum = #attn.rope<base = 1.0e6>, sections = [8, 12, 12]>)
      : tensor<?x?x?x64xf32>, tensor<?x?x3xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
