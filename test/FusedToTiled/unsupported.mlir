// RUN: sextant-opt %s --attn-fused-to-tiled --split-input-file --verify-diagnostics

// What the general form may hold and the lowering does not support is refused by
// its name.

func.func @sum_of_terms(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @+1 {{has a score that is more than a choice between terms, which the tiled form does not support}}
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>) value(%k : tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>],
           [#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax) score {
  ^bb0(%x: f32, %y: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    // expected-note @+1 {{combines two terms}}
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

func.func @choice_by_score(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @+1 {{has a score that is more than a choice between terms, which the tiled form does not support}}
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>) value(%k : tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>],
           [#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax) score {
  ^bb0(%x: f32, %y: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    %c = arith.cmpf olt, %x, %y : f32
    // expected-note @+1 {{combines two terms}}
    %z = arith.select %c, %x, %y : f32
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

func.func @ordered_choice(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @+1 {{has ordered weights of scores that are a choice between 2 dot products: expected one attn.scores, for the keys are taken in order, once}}
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>) value(%k : tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>],
           [#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.ordered) score {
  ^bb0(%x: f32, %y: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    %c = arith.cmpi slt, %i, %j : i32
    %z = arith.select %c, %x, %y : f32
    attn.yield %z : f32
  } carry {
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x, %x : f32, f32
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
