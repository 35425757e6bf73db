// T5 (Raffel et al. 2020): a learned number for each bucket of distances and head,
// and scores without a scale.
func.func @t5(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
              %v: tensor<?x?x?x64xf32>, %table: tensor<32x?xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.t5<buckets = 32, max_distance = 128>)
      captures(%table : tensor<32x?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
