// CoCA as its theory states it (strict, p = x^2 + y^2): Zhu et al., arXiv
// 2309.08646, eq. 7-9. Tie the key to the query first, then rotate the tied key.
func.func @coca_strict(%q: tensor<?x?x?x64xf32>, %u: tensor<?x?x?x64xf32>,
                       %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x64xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x32xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x64xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}

// The other reading of strict: the query's own pairs are tied too, p = 2 x^2.
// The query argument holds x, 32 channels a head.
func.func @coca_strict_duplicated(%x: tensor<?x?x?x32xf32>, %u: tensor<?x?x?x64xf32>,
                                  %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %q = attn.duplicate half %x : tensor<?x?x?x32xf32>
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x64xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x32xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x64xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
