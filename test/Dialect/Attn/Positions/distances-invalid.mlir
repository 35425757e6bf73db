// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// rerope_c1
// expected-error @+1 {{'window' must be within [1, 2^24], got 0}}
func.func private @f() attributes {a = #attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 0>}
// -----
// rerope_c2
// expected-error @+1 {{'leak' must be within [2, 2^24 / window = 32768], got 1; omit it for distances that do not grow}}
func.func private @f() attributes {a = #attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 512, leak = 1>}
// -----
// self_extend_c1
// expected-error @+1 {{'group' must be within [2, 2^24], got 1}}
func.func private @f() attributes {a = #attn.self_extend<rotation = #attn.rope<base = 1.0e4>, window = 8, group = 1>}
// -----
// self_extend_c2
// expected-error @+1 {{'window' must be within [1, 2^24 / group = 2097152], got 2097153}}
func.func private @f() attributes {a = #attn.self_extend<rotation = #attn.rope<base = 1.0e4>, window = 2097153, group = 8>}
// -----
// dual_chunk_c1
// expected-error @+1 {{'chunk' must be within [1, 2^23], got 0}}
func.func private @f() attributes {a = #attn.dual_chunk<rotation = #attn.rope<base = 1.0e4>, chunk = 0, local = 0>}
// -----
// dual_chunk_c2
// expected-error @+1 {{'local' must be within [0, chunk = 12), got 12}}
func.func private @f() attributes {a = #attn.dual_chunk<rotation = #attn.rope<base = 1.0e4>, chunk = 12, local = 12>}
// -----
// expected-error @+2 {{expected a rotary encoding, got #attn.causal}}
// expected-error @+1 {{failed to parse Attn_DualChunkAttr parameter 'rotation'}}
func.func private @f() attributes {a = #attn.dual_chunk<rotation = #attn.causal, chunk = 12, local = 4>}
// -----
func.func @f(%q: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected a distance with branches, got #attn.rope<base = 1.000000e+04>; a rotation stands in attn.rotate}}
  %s = attn.rotary_scores %q, %q at (%m, %m) (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// rotary_scores_c1
func.func @f(%q: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected a rotation whose only use of a position is the angle: no scaling by length, no magnitude, one axis}}
  %s = attn.rotary_scores %q, %q at (%m, %m) (#attn.rerope<rotation = #attn.rope<base = 1.0e4, scaling = [#attn.magnitude<1.5>]>, window = 9>) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// rope_c4
func.func @f(%q: tensor<?x?x?x7xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{head dim must be even for rotary pairing, got 7}}
  %s = attn.rotary_scores %q, %q at (%m, %m) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 9>) : tensor<?x?x?x7xf32>, tensor<?x?x?x7xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// scores_c1
func.func @f(%q: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 'scale' finite and > 0, got -1.000000e+00}}
  %s = attn.rotary_scores %q, %q at (%m, %m) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 9>) scale(-1.0) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
