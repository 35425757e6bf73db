// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// fused_c1
func.func @no_term(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected at least one term}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c2
func.func @regions(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected 2 feature regions (query and key side of 1 groups), got 1}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c3
func.func @count(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected 'count' and 'width' of a group within [1, 2^24], got 0}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 0, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c4
func.func @operand(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a query operand number below 1, got 1}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 1, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c5
func.func @channels(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected query channels within [0, 2), got 1 to 2}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 1>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c6
func.func @combine(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a score region to combine the terms}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>], [#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c7
func.func @rows(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x6x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{row count of 'key' must equal that of 'value': expected 5, got 6}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x6x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c7
func.func @heads(%q: tensor<1x4x3x2xf32>, %k: tensor<1x3x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected query heads (4) to be a multiple of key heads (3)}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x3x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c7
func.func @result(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{row count of 'query' must equal that of 'result': expected 7, got 3}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x7x2xf32>
  return
}
// -----
// fused_c11
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{extra logits need the normalizer #attn.softmax, got #attn.pointwise}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.pointwise) extra {
  ^bb0(%b: i32, %h: i32, %i: i32, %m: i32):
    %z = arith.constant 0.0 : f32
    attn.yield %z : f32
  } weight {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c12
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a 'weight' region exactly with the normalizer #attn.pointwise, got #attn.softmax}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) weight {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c12
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a 'weight' region exactly with the normalizer #attn.pointwise, got #attn.pointwise<over_sum = true>}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.pointwise<over_sum = true>) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c13
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected one result: only #attn.softmax has a log-sum-exp and #attn.ordered a remainder, got #attn.pointwise}}
  %o, %l = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.pointwise) weight {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>, tensor<1x4x3xf32>
  return
}
// -----
// fused_c14
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a 'carry' region exactly with the normalizer #attn.ordered, got #attn.ordered}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.ordered) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c14
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a 'carry' region exactly with the normalizer #attn.ordered, got #attn.softmax}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) carry {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x, %x : f32, f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c12
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected a 'weight' region exactly with the normalizer #attn.pointwise, got #attn.ordered}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.ordered) weight {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// ordered_weights_c1
func.func @f(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected the region to yield two values, what a key takes and what it leaves, got 1}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%k : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.ordered) carry {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
