// Head sizes that fill no vector, values wider than keys, nothing masked.
func.func @odd(%q: tensor<?x?x?x5xf32>, %k: tensor<?x?x?x5xf32>,
               %v: tensor<?x?x?x7xf32>) -> tensor<?x?x?x7xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>
  %s = attn.scores %q, %k scale(0.25) : tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>
  %p = attn.softmax %s at (%pq, %pk) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x7xf32>
  return %o : tensor<?x?x?x7xf32>
}
