// RUN: sextant-opt %s -split-input-file -verify-diagnostics

!q = tensor<2x4x6x8xf32>
// positions_c1
func.func @batch(%q: !q, %k: tensor<3x4x6x8xf32>) {
  // expected-error @+1 {{batch extent of 'key' must equal that of 'query': expected 2, got 3}}
  %a, %b = attn.positions %q, %k align(bottom_right) : !q, tensor<3x4x6x8xf32>
  return
}
// -----
!q = tensor<2x4x6x8xf32>
// positions_c1
func.func @lengths(%q: !q, %n: tensor<3xi32>) {
  // expected-error @+1 {{batch extent of 'lengths' must equal that of 'query': expected 2, got 3}}
  %a, %b = attn.positions %q, %q align(bottom_right) lengths(%n : tensor<3xi32>) : !q, !q
  return
}
// -----
!q = tensor<2x4x6x8xf32>
// positions_c4
func.func @no_effect(%q: !q, %n: tensor<2xi32>) {
  // expected-error @+1 {{'lengths' has no effect with align(top_left): expected align(bottom_right)}}
  %a, %b = attn.positions %q, %q align(top_left) lengths(%n : tensor<2xi32>) : !q, !q
  return
}
// -----
func.func @align(%q: tensor<2x4x6x8xf32>) {
  // expected-error @+1 {{unknown keyword 'top_right'; expected one of: bottom_right, top_left}}
  %a, %b = attn.positions %q, %q align(top_right) : tensor<2x4x6x8xf32>, tensor<2x4x6x8xf32>
  return
}
// -----
// positions_c2
func.func @rows(%q: tensor<2x4x6x8xf32>, %m: tensor<2x5xi32>) {
  // expected-error @+1 {{row count of 'positions' must equal that of 'rows': expected 6, got 5}}
  %r = attn.rotate %q at %m (#attn.rope<base = 1.0e4>) : tensor<2x4x6x8xf32>, tensor<2x5xi32>
  return
}
// -----
// positions_c3
func.func @one_side(%s: tensor<1x1x2x2xf32>, %m: tensor<1x2xi32>) {
  // expected-error @+1 {{expected query and key positions together}}
  %r = "attn.score_map"(%s, %m) <{operandSegmentSizes = array<i32: 1, 1, 0>}> ({
  ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
    attn.yield %x : f32
  }) : (tensor<1x1x2x2xf32>, tensor<1x2xi32>) -> tensor<1x1x2x2xf32>
  return
}
// -----
// phase_c1
func.func @no_frequencies(%m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected either a frequency tensor or a rotary attribute}}
  %c, %s = attn.phase %m channels(8) : tensor<?x?xi32>
  return
}
// -----
// phase_c2
func.func @no_channels(%m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 'channels' with a rotary attribute}}
  %c, %s = attn.phase %m (#attn.rope<base = 1.0e4>) : tensor<?x?xi32>
  return
}
// -----
// phase_c3
func.func @bad_channels(%m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 'channels' within [1, 2^24], got -2}}
  %c, %s = attn.phase %m channels(-2) (#attn.rope<base = 1.0e4>) : tensor<?x?xi32>
  return
}
