// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// position_map_c1
func.func @f(%p: tensor<?x?xi32>) {
  // expected-error @+1 {{expected the region to yield one i32}}
  %y = attn.position_map %p (%x, %b, %l) {
    attn.yield %x, %x : i32, i32
  } : tensor<?x?xi32>
  return
}
// -----
func.func @f(%p: tensor<?x?xi32>) {
  // expected-error @+1 {{expected a region (position, batch, index), all i32, got 4 arguments}}
  %y = attn.position_map %p (%w, %x, %b, %l) {
    attn.yield %x : i32
  } : tensor<?x?xi32>
  return
}
// -----
// region_c5
func.func @f(%p: tensor<?x?xi32>) {
  // expected-error @+1 {{integer division by a value that may be zero: expected a constant divisor other than 0 and -1}}
  %y = attn.position_map %p (%x, %b, %l) {
    // expected-note @+1 {{divides here}}
    %z = arith.floordivsi %x, %l : i32
    attn.yield %z : i32
  } : tensor<?x?xi32>
  return
}
// -----
// shape_c1
func.func @f(%p: tensor<?x?x2xi32>) {
  // expected-error @+1 {{operand #0 must be}}
  %y = "attn.position_map"(%p) ({
  ^bb0(%x: i32, %b: i32, %l: i32):
    attn.yield %x : i32
  }) : (tensor<?x?x2xi32>) -> tensor<?x?x2xi32>
  return
}
// -----
// visible_c1
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the condition region to yield one i1}}
  %t = attn.select_scores %s, %s (%b, %h, %i, %j, %m, %n) {
    // expected-note @+1 {{a number added to scores is an attn.bias or an attn.score_map}}
    attn.yield %i : i32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// region_c9
func.func @f(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{region reads a position: expected 'at (%queryPos, %keyPos)' on the op}}
  %t = attn.select_scores %s, %s (%b, %h, %i, %j, %m, %n) {
    %c = arith.cmpi slt, %m, %n : i32
    attn.yield %c : i1
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// positions_c2
func.func @f(%s: tensor<?x?x4x5xf32>, %p: tensor<?x4xi32>) {
  // expected-error @+1 {{}}
  %t = attn.select_scores %s, %s at (%p, %p) (%b, %h, %i, %j, %m, %n) {
    %c = arith.cmpi slt, %m, %n : i32
    attn.yield %c : i1
  } : tensor<?x?x4x5xf32>, tensor<?x4xi32>, tensor<?x4xi32>
  return
}
