// Captured tensors of a name, for captures.test: one number a batch entry, a
// token, a head.

func.func @documents(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %query_ids: tensor<?x?xi32>, %key_ids: tensor<?x?xi32>) -> tensor<?x?x?x4xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s visible(#attn.documents<query = 0, key = 1>) captures(%query_ids, %key_ids : tensor<?x?xi32>, tensor<?x?xi32>) : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @lengths(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %lengths: tensor<?xi32>) -> tensor<?x?x?x4xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s visible(#attn.lengths<capture = 0>) captures(%lengths : tensor<?xi32>) : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @buckets(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %table: tensor<32x?xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.t5<buckets = 32, max_distance = 128>) captures(%table : tensor<32x?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @rows(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %angles: tensor<?x?x?x2xf32>) -> tensor<?x?x?x4xf32> {
  %r = attn.encode %k (#attn.selective_rope) captures(%angles : tensor<?x?x?x2xf32>) : tensor<?x?x?x4xf32>
  %s = attn.scores %q, %r : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// A mask that is one for all heads.
func.func @pairs(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %mask: tensor<?x1x?x?xi1>) -> tensor<?x?x?x4xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s visible(#attn.dense_mask<capture = 0>) captures(%mask : tensor<?x1x?x?xi1>) : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
