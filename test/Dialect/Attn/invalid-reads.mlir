// RUN: sextant-opt %s -split-input-file -verify-diagnostics

!s = tensor<?x?x?x?xf32>
// read_c1
func.func @indices(%s: !s, %w: tensor<?x?xf32>) {
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-error @+1 {{expected 2 indices for 'tensor<?x?xf32>', got 1}}
    %y = attn.read %w[%h] : tensor<?x?xf32>
    attn.yield %y : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// read_c2
func.func @element(%s: !s, %w: tensor<?xi8>) {
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-error @+1 {{unsupported element type 'i8'; supported: f32, f64, f16, bf16, i32, i1}}
    %y = attn.read %w[%h] : tensor<?xi8>
    attn.yield %x : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// read_c3
func.func @result(%s: !s, %w: tensor<?xf16>) {
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-error @+1 {{expected result type 'f32', got 'f16'}}
    %y = "attn.read"(%w, %h) : (tensor<?xf16>, i32) -> f16
    attn.yield %x : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
// cos_sin_c1
func.func @harmonic(%s: !s) {
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    %f = arith.constant 0.5 : f64
    // expected-error @+1 {{expected 'harmonic' within [1, 64], got 0}}
    %c, %d = attn.cos_sin %i, %f harmonic(0)
    attn.yield %c : f32
  } : !s
  return
}
// -----
!s = tensor<?x?x?x?xf32>
func.func @extent(%s: !s) {
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %qp, %kp) {
    // expected-error @+1 {{unknown keyword 'key'; expected one of: batch, heads, key_heads, queries, keys, channels; did you mean 'keys'?}}
    %n = attn.extent key
    attn.yield %x : f32
  } : !s
  return
}
