// A normalizer without a name: squared ReLU over the sum of the row, and one key in
// ten dropped. A region is all it takes.
func.func @squares(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>,
                   %seed: tensor<i32>, %drop: tensor<f32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.weights %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %zero = arith.constant 0.0 : f32
    %y = arith.maximumf %x, %zero : f32
    %z = arith.mulf %y, %y : f32
    attn.yield %z : f32
  } visible(#attn.causal) over_sum : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.dropout %p seed(%seed : tensor<i32>) probability(%drop : tensor<f32>) : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
