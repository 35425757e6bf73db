// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// pairs_c1
func.func @odd_phase(%m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected an even channel count for rotary pairs, got 7}}
  %c, %s = attn.phase %m channels(7) (#attn.rope<base = 1.0e4>) : tensor<?x?xi32>
  return
}
// -----
// phase_c4
func.func @partial(%m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected a spectrum over all channels, got rotary width 4 of 8}}
  %c, %s = attn.phase %m channels(8) (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?xi32>
  return
}
// -----
// phase_c5
func.func @both(%m: tensor<?x?xi32>, %f: tensor<4xf32>) {
  // expected-error @+1 {{'channels' belongs to a rotary attribute}}
  %c, %s = attn.phase %m, %f channels(8) : tensor<?x?xi32>, tensor<4xf32>
  return
}
// -----
// phase_c6
func.func @dynamic(%m: tensor<?x?xi32>, %f: tensor<?xf32>) {
  // expected-error @+1 {{expected a static, positive number of frequencies, got 'tensor<?xf32>'}}
  %c, %s = attn.phase %m, %f : tensor<?x?xi32>, tensor<?xf32>
  return
}
// -----
!q = tensor<?x?x?x8xf32>
// rotate_c1
func.func @nothing(%q: !q) {
  // expected-error @+1 {{expected 'at' with a rotary attribute, or 'by' with a phase}}
  %r = "attn.rotate"(%q) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0>}> : (!q) -> !q
  return
}
// -----
!q = tensor<?x?x?x8xf32>
// rotate_c2
func.func @no_positions(%q: !q) {
  // expected-error @+1 {{expected positions ('at') for the rotary attribute}}
  %r = "attn.rotate"(%q) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0>, spectrum = #attn.rope<base = 1.0e4>}> : (!q) -> !q
  return
}
// -----
!q = tensor<?x?x?x8xf32>
// rotate_c3
func.func @two_layouts(%q: !q, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{the rotary attribute says the layout: remove 'layout'}}
  %r = "attn.rotate"(%q, %m) <{operandSegmentSizes = array<i32: 1, 1, 0, 0, 0>, layout = #attn.layout<half>, spectrum = #attn.rope<base = 1.0e4>}> : (!q, tensor<?x?xi32>) -> !q
  return
}
// -----
!q = tensor<?x?x?x8xf32>
!c = tensor<?x?x4xf32>
// rotate_c4
func.func @no_layout(%q: !q, %c: !c) {
  // expected-error @+1 {{expected 'layout(half)' or 'layout(interleaved)' with a phase}}
  %r = "attn.rotate"(%q, %c, %c) <{operandSegmentSizes = array<i32: 1, 0, 1, 1, 0>}> : (!q, !c, !c) -> !q
  return
}
// -----
!q = tensor<?x?x?x8xf32>
!c = tensor<?x?x4xf32>
// rotate_c5
func.func @phase_and_positions(%q: !q, %c: !c, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{a phase has its positions: remove 'at'}}
  %r = "attn.rotate"(%q, %m, %c, %c) <{operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>, layout = #attn.layout<half>}> : (!q, tensor<?x?xi32>, !c, !c) -> !q
  return
}
// -----
!q = tensor<?x?x?x8xf32>
// rotate_c6
func.func @cos_sin_types(%q: !q, %c: tensor<?x?x4xf32>, %s: tensor<?x2x4xf32>) {
  // expected-error @+1 {{expected cos and sin of one type, got 'tensor<?x?x4xf32>' and 'tensor<?x2x4xf32>'}}
  %r = "attn.rotate"(%q, %c, %s) <{operandSegmentSizes = array<i32: 1, 0, 1, 1, 0>, layout = #attn.layout<half>}> : (!q, tensor<?x?x4xf32>, tensor<?x2x4xf32>) -> !q
  return
}
// -----
func.func @pair_count(%q: tensor<?x?x?x8xf32>, %c: tensor<?x?x3xf32>) {
  // expected-error @+1 {{pair count of 'cos' must equal that of 'input': expected 4, got 3}}
  %r = attn.rotate %q by (%c, %c) layout(half) : tensor<?x?x?x8xf32>, tensor<?x?x3xf32>
  return
}
// -----
func.func @not_rotary(%q: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected a rotary encoding, got #attn.causal}}
  %r = attn.rotate %q at %m (#attn.causal) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}

// -----

// rotate_c8
func.func @angles_twice(%x: tensor<?x?x?x8xf32>, %c: tensor<?x?x4xf32>, %s: tensor<?x?x4xf32>) {
  // expected-error @+1 {{a phase has its angles: move 'angles(f32)' to it}}
  %y = attn.rotate %x by (%c, %s) layout(half) angles(f32) : tensor<?x?x?x8xf32>, tensor<?x?x4xf32>
  return
}

// -----

func.func @angles_of_another_type(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 'f32'}}
  %y = attn.rotate %x at %m (#attn.rope<base = 1.0e4>) angles(f16) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
