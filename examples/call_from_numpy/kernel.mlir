// Causal attention with a log-sum-exp, 64 channels: for the Python example.
func.func @attention(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                     %v: tensor<?x?x?x64xf32>)
    -> (tensor<?x?x?x64xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o, %lse : tensor<?x?x?x64xf32>, tensor<?x?x?xf32>
}
