// Plain attention in the fused form: 64 features, 64 value channels, no mask.
func.func @attention(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %o = attn.fused query(%q : tensor<?x?x?x64xf32>) key(%k : tensor<?x?x?x64xf32>)
      value(%v : tensor<?x?x?x64xf32>)
      terms([[#attn.group<count = 64, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
      normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %m: i32, %g: i32):
    %scale = arith.constant 1.250000e-01 : f32
    %e = arith.mulf %x, %scale : f32
    attn.yield %e : f32
  }, {
  ^bb0(%y: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    attn.yield %y : f32
  } : tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
