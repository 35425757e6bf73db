// RUN: sextant-opt %s -split-input-file -verify-diagnostics

!s = tensor<?x?x?x?xf32>
// region_c2
func.func @store(%s: !s, %m: memref<f32>) {
  // expected-error @+1 {{region must be pure: found 'memref.store'}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{this op reads or writes memory}}
    memref.store %x, %m[] : memref<f32>
    attn.yield %x : f32
  } : !s
  return
}
// -----
// region_c2
func.func private @f(f32) -> f32
func.func @call(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region must be pure: found 'func.call'}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{this op reads or writes memory}}
    %y = func.call @f(%x) : (f32) -> f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c3
func.func @unknown_function(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region holds 'math.atan', which has no scalar meaning here}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{supported: arith ops, math.}}
    %y = math.atan %x : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c3
func.func @wide_function(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region holds 'math.tanh' of 'f64'; expected f32}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    %w = arith.extf %x : f32 to f64
    // expected-note @+1 {{only exp, exp2, log, log2 and powf also take f64}}
    %y = math.tanh %w : f64
    %z = arith.truncf %y : f64 to f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c4
func.func @vector(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region must be scalar: found a value of type 'vector<4xf32>'; supported: f32, f64, i1, i32, i64, index}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{defined here}}
    %y = arith.constant dense<0.0> : vector<4xf32>
    attn.yield %x : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c5
func.func @divide(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{integer division by a value that may be zero: expected a constant divisor other than 0 and -1}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{divides here}}
    %y = arith.divsi %i, %j : i32
    attn.yield %x : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c5
func.func @divide_by_zero(%s: tensor<?x?x?x?xf32>) {
  %zero = arith.constant 0 : i32
  // expected-error @+1 {{expected a constant divisor other than 0, got 0}}
  %p = attn.softmax %s visible (%b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{divides here}}
    %y = arith.remui %i, %zero : i32
    %z = arith.cmpi eq, %y, %j : i32
    attn.yield %z : i1
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c6
func.func @outside(%s: tensor<?x?x?x?xf32>, %w: f32) {
  // expected-error @+1 {{region reads a value of type 'f32' from outside: expected a constant, or a tensor read by attn.read}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-note @+1 {{read here}}
    %y = arith.mulf %x, %w : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  return
}
