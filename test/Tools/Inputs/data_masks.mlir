// Masks that read tensors, for explain-extents.test.

func.func @lengths(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>, %lengths: tensor<?xi32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.lengths<capture = 0>) captures(%lengths : tensor<?xi32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @documents(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>, %segments: tensor<?x?xi32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible (%b, %h, %i, %j, %m, %n) {
    %x = attn.read %segments[%b, %i] : tensor<?x?xi32>
    %y = attn.read %segments[%b, %j] : tensor<?x?xi32>
    %same = arith.cmpi eq, %x, %y : i32
    %past = arith.cmpi sle, %n, %m : i32
    %seen = arith.andi %same, %past : i1
    attn.yield %seen : i1
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
