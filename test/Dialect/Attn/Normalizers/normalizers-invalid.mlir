// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// sink_c1
// expected-error @+1 {{'logit' must be finite, got INF}}
func.func private @f() attributes {a = #attn.sink<logit = 0x7FF0000000000000>}
// -----
// sigmoid_c1
// expected-error @+1 {{'bias' must be finite, got nan}}
func.func private @f() attributes {a = #attn.sigmoid<bias = 0x7FF8000000000000>}
// -----
// relu_c1
// expected-error @+1 {{'power' must be within [0.125, 16], got 0.000000e+00}}
func.func private @f() attributes {a = #attn.relu<power = 0.0>}
// -----
// relu_c2
// expected-error @+1 {{'alpha' must be within [0, 2], got -1.000000e+00}}
func.func private @f() attributes {a = #attn.relu<alpha = -1.0>}
// -----
// relu_c3
// expected-error @+1 {{'alpha' has no effect with 'over_sum': remove it, got 5.000000e-01}}
func.func private @f() attributes {a = #attn.relu<alpha = 0.5, over_sum = true>}
// -----
// learned_sinks_c1
func.func @f(%s: tensor<?x?x?x?xf32>, %z: tensor<?x?xf32>) {
  // expected-error @+1 {{#attn.learned_sinks expected a fixed number of sinks a head within [1, 64], got 'tensor<?x?xf32>'}}
  %p = attn.normalize %s by (#attn.learned_sinks) with (%z : tensor<?x?xf32>) : tensor<?x?x?x?xf32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %z: tensor<?xi32>) {
  // expected-error @+1 {{#attn.learned_sinks expected captured tensor 0 (logits, by head) of type 'tensor<?xf32>', f16 or bf16, got 'tensor<?xi32>'}}
  %p = attn.normalize %s by (#attn.learned_sinks) with (%z : tensor<?xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
// normalize_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{has no log-sum-exp: #attn.sigmoid is no softmax; remove 'lse'}}
  %p, %l = attn.normalize %s by (#attn.sigmoid) lse : tensor<?x?x?x?xf32>
  return
}
// -----
// normalize_c2
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected 1 tensors for the normalizer ('with (...)'), got 0}}
  %p = attn.normalize %s by (#attn.learned_sinks) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected a normalizer, got #attn.softmax; a plain softmax is attn.softmax, a region of your own stands in attn.weights}}
  %p = attn.normalize %s by (#attn.softmax) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected a normalizer, got #attn.causal}}
  %p = attn.normalize %s by (#attn.causal) : tensor<?x?x?x?xf32>
  return
}
// -----
// softmax_c2
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected positions ('at (%queryPos, %keyPos)') for the mask}}
  %p = attn.normalize %s by (#attn.sigmoid) visible(#attn.causal) : tensor<?x?x?x?xf32>
  return
}
// -----
// weights_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the region to yield one value, got 2}}
  %p = attn.weights %s (%x, %b, %h, %i, %j, %m, %n) {
    attn.yield %x, %x : f32, f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// scale_weights_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the region to yield one value, got 0}}
  %p = attn.scale_weights %s (%b, %h, %i, %j, %m, %n) {
    attn.yield
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c9
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region reads a position: expected 'at (%queryPos, %keyPos)' on the op}}
  %p = attn.scale_weights %s (%b, %h, %i, %j, %m, %n) {
    %f = arith.sitofp %m : i32 to f32
    attn.yield %f : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// extra_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the region of extra logits to yield at least one value}}
  %p = attn.softmax %s extra (%b, %h, %i, %m) {
    attn.yield
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// extra_c2
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region reads a position: expected 'at (%queryPos, %keyPos)' on the op}}
  %p = attn.softmax %s extra (%b, %h, %i, %m) {
    %f = arith.sitofp %m : i32 to f32
    attn.yield %f : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c6
func.func @f(%s: tensor<?x?x?x?xf32>, %z: f32) {
  // expected-error @+1 {{region reads a value of type 'f32' from outside}}
  %p = attn.softmax %s extra (%b, %h, %i, %m) {
    // expected-note @+1 {{read here}}
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// normalize_c3
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{has no remainder: #attn.sigmoid gives no shares of a row; remove 'remainder'}}
  %p, %r = attn.normalize %s by (#attn.sigmoid) remainder : tensor<?x?x?x?xf32>
  return
}
// -----
// normalize_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{has no log-sum-exp: #attn.stick_breaking is no softmax; remove 'lse'}}
  %p, %r = attn.normalize %s by (#attn.stick_breaking) lse : tensor<?x?x?x?xf32>
  return
}
// -----
// softmax_c4
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected a second result exactly with 'lse' or 'remainder'}}
  %p, %r = "attn.normalize"(%s) <{normalizer = #attn.stick_breaking, operandSegmentSizes = array<i32: 1, 0, 0, 0, 0>}> ({
  }) : (tensor<?x?x?x?xf32>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?xf32>)
  return
}
// -----
// ordered_weights_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the region to yield two values, what a key takes and what it leaves, got 1}}
  %p = attn.ordered_weights %s (%x, %b, %h, %i, %j, %m, %n) {
    attn.yield %x : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// ordered_weights_c2
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected a second result exactly with 'remainder'}}
  %p, %r = "attn.ordered_weights"(%s) <{operandSegmentSizes = array<i32: 1, 0, 0, 0>}> ({
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    attn.yield %x, %x : f32, f32
  }, {
  }) : (tensor<?x?x?x?xf32>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?xf32>)
  return
}
// -----
// softmax_c2
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected positions ('at (%queryPos, %keyPos)') for the mask}}
  %p = attn.ordered_weights %s (%x, %b, %h, %i, %j, %m0, %n0) {
    attn.yield %x, %x : f32, f32
  } visible(#attn.causal) : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c9
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region reads a position: expected 'at (%queryPos, %keyPos)' on the op}}
  %p = attn.ordered_weights %s (%x, %b, %h, %i, %j, %m, %n) {
    %f = arith.sitofp %n : i32 to f32
    attn.yield %x, %f : f32, f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c6
func.func @f(%s: tensor<?x?x?x?xf32>, %z: f32) {
  // expected-error @+1 {{region reads a value of type 'f32' from outside}}
  %p = attn.ordered_weights %s (%x, %b, %h, %i, %j, %m, %n) {
    // expected-note @+1 {{read here}}
    attn.yield %x, %z : f32, f32
  } : tensor<?x?x?x?xf32>
  return
}
