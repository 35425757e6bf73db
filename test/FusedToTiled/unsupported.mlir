// RUN: sextant-opt %s --attn-fused-to-tiled --split-input-file --verify-diagnostics

// What the general form may hold and the lowering does not support is refused by
// its name.

func.func @two_terms(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @+1 {{has 2 terms; the tiled form supports one}}
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>) value(%k : tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>],
           [#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax) score {
  ^bb0(%x: f32, %y: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } features {
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
  } : tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
}

// -----

func.func @weight(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @+1 {{has a 'weight' region, which the tiled form does not support yet}}
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>) value(%k : tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax) weight {
  ^bb0(%w: f32):
    attn.yield %w : f32
  } features {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  }, {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
    attn.yield %x : f32
  } : tensor<?x?x?x2xf32>
  return %o : tensor<?x?x?x2xf32>
}
