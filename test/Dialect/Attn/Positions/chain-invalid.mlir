// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// ntk_by_parts_c1
// expected-error @+1 {{'factor' must be finite and >= 1, got 5.000000e-01}}
func.func private @f() attributes {r = #attn.ntk_by_parts<factor = 0.5, trained = 4096>}
// -----
// ntk_by_parts_c2
// expected-error @+1 {{'trained' must be within [1, 2^24], got 0}}
func.func private @f() attributes {r = #attn.ntk_by_parts<factor = 2.0, trained = 0>}
// -----
// ntk_by_parts_c3
// expected-error @+1 {{expected 0 < slow < fast, finite, got slow = 4.000000e+00 and fast = 4.000000e+00}}
func.func private @f() attributes {r = #attn.ntk_by_parts<factor = 2.0, trained = 4096, slow = 4.0, fast = 4.0>}
// -----
// yarn_c1
// expected-error @+1 {{'factor' must be finite and >= 1, got nan}}
func.func private @f() attributes {r = #attn.yarn<factor = 0x7FF8000000000000, trained = 4096>}
// -----
// yarn_c2
// expected-error @+1 {{'trained' must be within [1, 2^24], got 16777217}}
func.func private @f() attributes {r = #attn.yarn<factor = 2.0, trained = 16777217>}
// -----
// yarn_c3
// expected-error @+1 {{expected 0 < slow < fast, finite, got slow = 0.000000e+00 and fast = 3.200000e+01}}
func.func private @f() attributes {r = #attn.yarn<factor = 2.0, trained = 4096, slow = 0.0>}
// -----
// llama3_c1
// expected-error @+1 {{'factor' must be finite and >= 1, got INF}}
func.func private @f() attributes {r = #attn.llama3<factor = 0x7FF0000000000000, trained = 8192>}
// -----
// llama3_c2
// expected-error @+1 {{'trained' must be within [1, 2^24], got -1}}
func.func private @f() attributes {r = #attn.llama3<factor = 8.0, trained = -1>}
// -----
// llama3_c3
// expected-error @+1 {{expected 0 < low <= high, finite, got low = 5.000000e+00 and high = 4.000000e+00}}
func.func private @f() attributes {r = #attn.llama3<factor = 8.0, trained = 8192, low = 5.0>}
// -----
// long_rope_c1
// expected-error @+1 {{'long_factors' must be finite and > 0, got 0.000000e+00 for pair 1}}
func.func private @f() attributes {r = #attn.long_rope<long_factors = [1.0, 0.0]>}
// -----
// long_rope_c1
// expected-error @+1 {{'short_factors' must be finite and > 0, got -1.000000e+00 for pair 0}}
func.func private @f() attributes {r = #attn.long_rope<short_factors = [-1.0], long_factors = [1.0], trained = 4>}
// -----
// long_rope_c2
// expected-error @+1 {{'short_factors' and 'trained' come together, got 'trained' alone}}
func.func private @f() attributes {r = #attn.long_rope<long_factors = [1.0], trained = 4>}
// -----
// long_rope_c3
// expected-error @+1 {{'trained' must be within [1, 2^24], got 0}}
func.func private @f() attributes {r = #attn.long_rope<short_factors = [1.0], long_factors = [1.0], trained = 0>}
// -----
// long_rope_c4
func.func @count(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{#attn.long_rope expected 4 numbers in 'long_factors', one a pair, got 3}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.long_rope<long_factors = [1.0, 2.0, 3.0]>]>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// length_c1
func.func @length(%x: tensor<?x?x?x2xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{the spectrum depends on the sequence length: expected a 'length' operand (tensor<i32>)}}
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.long_rope<short_factors = [1.0], long_factors = [2.0], trained = 4>]>) : tensor<?x?x?x2xf32>, tensor<?x?xi32>
  return
}
// -----
// p_rope_c1
// expected-error @+1 {{'fraction' must be within [0, 1], got 1.500000e+00}}
func.func private @f() attributes {r = #attn.p_rope<fraction = 1.5>}
// -----
// magnitude_c1
// expected-error @+1 {{expected a magnitude that is finite and > 0, got 0.000000e+00}}
func.func private @f() attributes {r = #attn.magnitude<0.0>}
// -----
// xpos_c1
// expected-error @+1 {{'scale_base' must be finite and > 0, got 0.000000e+00}}
func.func private @f() attributes {r = #attn.xpos<side = query, scale_base = 0.0>}
// -----
// xpos_c2
// expected-error @+1 {{'gamma' must be finite and > 0, got -4.000000e-01}}
func.func private @f() attributes {r = #attn.xpos<side = query, gamma = -0.4>}
// -----
// xpos_c3
// expected-error @+1 {{'center' must be within [-2^24, 2^24], got 16777217}}
func.func private @f() attributes {r = #attn.xpos<side = key, center = 16777217>}
// -----
// expected-error @+2 {{expected ::sextant::attn::ScoreSide to be one of: query, key}}
// expected-error @+1 {{failed to parse Attn_XPosAttr parameter 'side' which is to be a `::sextant::attn::ScoreSide`}}
func.func private @f() attributes {r = #attn.xpos<side = value>}
