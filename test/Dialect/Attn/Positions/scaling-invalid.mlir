// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// linear_c1
// expected-error @+1 {{'factor' must be finite and > 0, got 0.000000e+00}}
func.func private @factor() attributes {r = #attn.linear<factor = 0.0>}
// -----
// ntk_c1
// expected-error @+1 {{'alpha' must be finite and >= 1, got 5.000000e-01}}
func.func private @alpha() attributes {r = #attn.ntk<alpha = 0.5>}
// -----
// ntk_c2
func.func @two(%x: tensor<?x?x?x2xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{#attn.ntk needs more than 2 rotary dims, got 2}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.ntk<alpha = 2.0>]>) : tensor<?x?x?x2xf32>, tensor<?x?xi32>
  return
}
// -----
// dynamic_ntk_c1
// expected-error @+1 {{'factor' must be finite and >= 1, got 5.000000e-01}}
func.func private @grow() attributes {r = #attn.dynamic_ntk<factor = 0.5, trained = 4>}
// -----
// dynamic_ntk_c2
// expected-error @+1 {{'trained' must be within [1, 2^24], got 0}}
func.func private @trained() attributes {r = #attn.dynamic_ntk<factor = 1.0, trained = 0>}
// -----
// dynamic_ntk_c3
func.func @two(%x: tensor<?x?x?x2xf32>, %m: tensor<?x?xi32>, %n: tensor<i32>) {
  // expected-error @+1 {{#attn.dynamic_ntk needs more than 2 rotary dims, got 2}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.dynamic_ntk<factor = 2.0, trained = 4>]>) length(%n : tensor<i32>) : tensor<?x?x?x2xf32>, tensor<?x?xi32>
  return
}
