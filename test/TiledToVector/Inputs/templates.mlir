// Programs that never take the template for few queries.

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>

func.func @weights(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.normalize %s by (#attn.sigmoid<bias = 0.0>) : !scores
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

func.func @scaled(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.scale_weights %p (%b, %h, %i, %j, %m, %n) {
    %f = arith.sitofp %j : i32 to f32
    attn.yield %f : f32
  } : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

func.func @sink(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.normalize %s by (#attn.sink<logit = 0.0>) : !scores
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

func.func @many(%q: tensor<?x?x64x8xf32>, %k: !rows, %v: !rows) -> tensor<?x?x64x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x64x8xf32>, !rows
  %p = attn.softmax %s : tensor<?x?x64x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x64x?xf32>, !rows
  return %o : tensor<?x?x64x8xf32>
}
