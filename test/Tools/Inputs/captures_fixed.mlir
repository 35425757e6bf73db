// A table of eight heads beside a query of four, for captures.test.
func.func @f(%q: tensor<1x4x?x8xf32>, %k: tensor<1x4x?x8xf32>, %v: tensor<1x4x?x8xf32>, %table: tensor<32x8xf32>) -> tensor<1x4x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<1x4x?x8xf32>, tensor<1x4x?x8xf32>
  %s = attn.scores %q, %k : tensor<1x4x?x8xf32>, tensor<1x4x?x8xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.t5<buckets = 32, max_distance = 128>) captures(%table : tensor<32x8xf32>) : tensor<1x4x?x?xf32>, tensor<1x?xi32>, tensor<1x?xi32>
  %p = attn.softmax %t : tensor<1x4x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<1x4x?x?xf32>, tensor<1x4x?x8xf32>
  return %o : tensor<1x4x?x8xf32>
}
