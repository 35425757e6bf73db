// Relative keys (Shaw et al., 2018): s = (q . k + q . a_clip(n - m)) / sqrt(D).
// The products of the queries with all 33 relative keys are made once a query;
// the table is scaled by its owner, for a bias is added as it is.
func.func @shaw(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>,
                %relative: tensor<1x33x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %g = attn.project %q, %relative : tensor<?x?x?x64xf32>, tensor<1x33x64xf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.shaw<clip = 16>) captures(%g : tensor<?x?x?x33xf32>)
      : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
