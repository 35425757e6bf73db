// CoCA as its authors trained it (slack): Zhu et al., arXiv 2309.08646, eq. 10,
// and the published code. Rotate the coefficients, then tie the key to the query.
func.func @coca_slack(%q: tensor<?x?x?x64xf32>, %u: tensor<?x?x?x64xf32>,
                      %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  // tau = relu(mean of halves): 32 coefficients, never negative.
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x64xf32>
  // Both members of a pair share one: the identity t_a = t_b.
  %t = attn.duplicate half %tau : tensor<?x?x?x32xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  // One key for each (query, key) pair; never stored.
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
