// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// rope_c1
// expected-error @+1 {{'base' must be finite and > 1, got 1.000000e+00}}
func.func private @base() attributes {r = #attn.rope<base = 1.0>}
// -----
// rope_c1
// expected-error @+1 {{'base' must be finite and > 1, got nan}}
func.func private @nan() attributes {r = #attn.rope<base = 0x7FF8000000000000>}
// -----
// rope_c2
// expected-error @+1 {{'rotary' must be even and > 0, got 3; omit it to rotate every channel}}
func.func private @rotary() attributes {r = #attn.rope<base = 1.0e4, rotary = 3>}
// -----
// rope_c3
func.func @exceeds(%x: tensor<?x?x?x64xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{rotary dims (96) exceed head dim (64)}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, rotary = 96>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  return
}
// -----
// rope_c4
func.func @odd(%x: tensor<?x?x?x59xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{head dim must be even for rotary pairing, got 59}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4>) : tensor<?x?x?x59xf32>, tensor<?x?xi32>
  return
}
// -----
// length_c1
func.func @length(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{the spectrum depends on the sequence length: expected a 'length' operand (tensor<i32>)}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.dynamic_ntk<factor = 1.0, trained = 4>]>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// length_c2
func.func @no_length(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>, %n: tensor<i32>) {
  // expected-error @+1 {{the spectrum does not depend on the sequence length: remove the 'length' operand}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4>) length(%n : tensor<i32>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// expected-error @+2 {{expected a spectrum scaling, got #attn.causal}}
// expected-error @+1 {{failed to parse Attn_RoPEAttr parameter 'scaling'}}
func.func private @scaling() attributes {r = #attn.rope<base = 1.0e4, scaling = [#attn.causal]>}
// -----
// expected-error @+3 {{unexpected decimal integer literal for a floating point value}}
// expected-note @+2 {{add a trailing dot to make the literal a float}}
// expected-error @+1 {{failed to parse Attn_RoPEAttr parameter 'base'}}
func.func private @integer() attributes {r = #attn.rope<base = 10000>}
