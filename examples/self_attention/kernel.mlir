// Scaled dot-product attention with a causal mask: Vaswani et al. (2017), eq. 1.
// B batch, H heads of the queries, G heads of keys and values (G divides H),
// M queries, N keys. The last query meets the last key.
func.func @self_attention(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                          %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
