// RUN: sextant-opt %s -split-input-file -verify-diagnostics

!s = tensor<?x?x?x?xf32>
// region_c1
func.func @two_blocks(%s: !s) {
  // expected-error @+1 {{expects region #0 to have 0 or 1 blocks}}
  %t = "attn.score_map"(%s) <{operandSegmentSizes = array<i32: 1, 0, 0>}> ({
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    cf.br ^bb1
  ^bb1:
    attn.yield %x : f32
  }) : (!s) -> !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// region_c1
func.func @no_yield(%s: !s) {
  // expected-error @+1 {{expected the region to end in attn.yield}}
  %t = "attn.score_map"(%s) <{operandSegmentSizes = array<i32: 1, 0, 0>}> ({
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    llvm.unreachable
  }) : (!s) -> !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// region_c7
func.func @arguments(%s: !s) {
  // expected-error @+1 {{expected 1 element and 6 coordinate arguments in the region, got 8}}
  %t = attn.score_map %s (%x, %y, %b, %h, %i, %j, %qp, %kp) {
    attn.yield %x : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// region_c7
func.func @argument_type(%s: !s) {
  // expected-error @+1 {{expected region argument 0 of type f32, got 'f64'}}
  %t = "attn.score_map"(%s) <{operandSegmentSizes = array<i32: 1, 0, 0>}> ({
  ^bb0(%x: f64, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    attn.yield %x : f64
  }) : (!s) -> !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
func.func @few_arguments(%s: !s) {
  // expected-error @+1 {{expected at least 6 region arguments (the coordinates come last), got 1}}
  %t = attn.score_map %s (%x) {
    attn.yield %x : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// region_c8
func.func @yield_type(%s: !s) {
  // expected-error @+1 {{expected the region to yield f32, got 'i32'}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    attn.yield %i : i32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// region_c9
func.func @positions(%s: !s) {
  // expected-error @+1 {{region reads a position: expected 'at (%queryPos, %keyPos)' on the op}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    %y = arith.sitofp %qp : i32 to f32
    attn.yield %y : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
func.func @unknown_value(%s: !s) {
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-error @+1 {{use of undeclared SSA value name}}
    attn.yield %distance : f32
  } : !s
  return
}
