// Masks that leave rows without a key, for empty-rows.test.

func.func @behind_the_window(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.and<[#attn.causal, #attn.not<#attn.sliding_window<back = 8, ahead = 8>>]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @never(%q: tensor<1x3x20x4xf32>, %k: tensor<1x3x20x4xf32>, %v: tensor<1x3x20x4xf32>) -> tensor<1x3x20x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<1x3x20x4xf32>, tensor<1x3x20x4xf32>
  %s = attn.scores %q, %k : tensor<1x3x20x4xf32>, tensor<1x3x20x4xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.and<[#attn.causal, #attn.not<#attn.causal>]>) : tensor<1x3x20x20xf32>, tensor<1x20xi32>, tensor<1x20xi32>
  %o = attn.weighted_sum %p, %v : tensor<1x3x20x20xf32>, tensor<1x3x20x4xf32>
  return %o : tensor<1x3x20x4xf32>
}

// What lengths leave is for the call to say; and so is a mask that is empty for
// more queries than keys alone.
func.func @for_data_to_say(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %lengths: tensor<?xi32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.and<[#attn.causal, #attn.lengths<capture = 0>]>) captures(%lengths : tensor<?xi32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
