// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// fused_c8
func.func @width(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected 1 features of group 0, got 2}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x, %x : f32, f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
// -----
// fused_c9
func.func @score(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected the score region to yield one value, got 2}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) score {
  ^bb0(%s: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    attn.yield %s, %s : f32, f32
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
// region_c9
func.func @positions(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{region reads a position: expected 'at (%queryPos, %keyPos)' on the op}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) score {
  ^bb0(%s: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    %y = arith.sitofp %qp : i32 to f32
    attn.yield %y : f32
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
// fused_c10
func.func @outside(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>, %w: tensor<4xf32>) {
  // expected-error @+1 {{region reads a value of type 'tensor<4xf32>' that is not in 'captures'}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) score {
  ^bb0(%s: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    %y = attn.read %w[%h] : tensor<4xf32>
    attn.yield %y : f32
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
// fused_c15
func.func @output_yields(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{expected the output region to yield one value, got 2}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) output {
  ^bb0(%o0: f32, %b: i32, %h: i32, %i: i32, %p: i32, %c: i32):
    attn.yield %o0, %o0 : f32, f32
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
// fused_c16
func.func @output_position(%q: tensor<1x4x3x2xf32>, %k: tensor<1x2x5x2xf32>, %v: tensor<1x2x5x2xf32>) {
  // expected-error @+1 {{output region reads a position: expected query and key positions on the op}}
  %o = attn.fused query(%q : tensor<1x4x3x2xf32>) key(%k : tensor<1x2x5x2xf32>) value(%v : tensor<1x2x5x2xf32>) terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax) output {
  ^bb0(%o0: f32, %b: i32, %h: i32, %i: i32, %p: i32, %c: i32):
    %y = arith.sitofp %p : i32 to f32
    attn.yield %y : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<1x4x3x2xf32>
  return
}
