// Attention with linear biases: Press et al. (2022), any number of heads.
func.func @alibi(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                 %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.alibi) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
