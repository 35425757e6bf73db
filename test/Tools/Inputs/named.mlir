// The tensors have names in the source, by attribute, and none.
func.func @named(%query: tensor<?x?x?x16xf32>, %1: tensor<?x?x?x16xf32>, %v: tensor<?x?x?x16xf32> {attn.name = "value"})
    -> (tensor<?x?x?x16xf32>, tensor<?x?x?xf32> {attn.name = "lse"}) {
  %s = attn.scores %query, %1 scale(0.25) : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>
  %p, %l = attn.softmax %s lse : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x16xf32>
  return %o, %l : tensor<?x?x?x16xf32>, tensor<?x?x?xf32>
}
