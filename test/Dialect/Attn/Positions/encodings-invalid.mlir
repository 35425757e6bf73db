// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// sinusoidal_c1
// expected-error @+1 {{'base' must be finite and > 1, got 1.000000e+00}}
func.func private @f() attributes {a = #attn.sinusoidal<base = 1.0>}
// -----
// sinusoidal_c2
// expected-error @+1 {{'scale' must be finite, got INF}}
func.func private @f() attributes {a = #attn.sinusoidal<scale = 0x7FF0000000000000>}
// -----
// sinusoidal_c3
func.func @f(%x: tensor<?x?x?x7xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{head dim must be even for pairs of sine and cosine, got 7}}
  %t = attn.encode %x at %m (#attn.sinusoidal) : tensor<?x?x?x7xf32>, tensor<?x?xi32>
  return
}
// -----
// learned_c1
// expected-error @+1 {{'offset' must be within [-2^24, 2^24], got 16777217}}
func.func private @f() attributes {a = #attn.learned<offset = 16777217>}
// -----
// capture_c2
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>, %c0: tensor<?x4xf32>) {
  // expected-error @+1 {{#attn.learned expected captured tensor 0 (positions x channels) of type 'tensor<?x8xf32>', f16 or bf16, got 'tensor<?x4xf32>'}}
  %t = attn.encode %x at %m (#attn.learned) captures(%c0 : tensor<?x4xf32>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// selective_rope_c1
func.func @f(%x: tensor<?x?x?x7xf32>, %m: tensor<?x?xi32>, %c0: tensor<?x?x?x4xf32>) {
  // expected-error @+1 {{head dim must be even for rotary pairing, got 7}}
  %t = attn.encode %x (#attn.selective_rope) captures(%c0 : tensor<?x?x?x4xf32>) : tensor<?x?x?x7xf32>
  return
}
// -----
// capture_c2
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>, %c0: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{#attn.selective_rope expected captured tensor 0 (angles, one a pair of each row) of type 'tensor<?x?x?x4xf32>', f16 or bf16, got 'tensor<?x?x?x8xf32>'}}
  %t = attn.encode %x (#attn.selective_rope) captures(%c0 : tensor<?x?x?x8xf32>) : tensor<?x?x?x8xf32>
  return
}
// -----
// capture_c1
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 1 captured tensors ('captures(...)'), got 0}}
  %t = attn.encode %x at %m (#attn.learned) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// encode_c1
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected positions ('at %positions') for the encoding}}
  %t = attn.encode %x (#attn.sinusoidal) : tensor<?x?x?x8xf32>
  return
}
// -----
// encode_c2
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>, %c0: tensor<?x?x?x4xf32>) {
  // expected-error @+1 {{the encoding reads no position: remove 'at'}}
  %t = attn.encode %x at %m (#attn.selective_rope) captures(%c0 : tensor<?x?x?x4xf32>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// pope_c1
// expected-error @+1 {{'base' must be finite and > 1, got 1.000000e+00}}
func.func private @f() attributes {a = #attn.pope<base = 1.0>}
// -----
// capture_c2
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>, %c0: tensor<?x4xf32>) {
  // expected-error @+1 {{#attn.pope expected captured tensor 0 (heads x channels) of type 'tensor<?x8xf32>', f16 or bf16, got 'tensor<?x4xf32>'}}
  %t = attn.encode %x at %m (#attn.pope<phase = true>) captures(%c0 : tensor<?x4xf32>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// log_n_c1
// expected-error @+1 {{'trained' must be within [2, 2^24], got 1}}
func.func private @f() attributes {a = #attn.log_n<trained = 1>}
// -----
// step_temperature_c1
// expected-error @+1 {{'slope' must be finite and >= 0, got -1.000000e+00}}
func.func private @f() attributes {a = #attn.step_temperature<slope = -1.0>}
// -----
// step_temperature_c2
// expected-error @+1 {{'step' must be within [1, 2^24], got 0}}
func.func private @f() attributes {a = #attn.step_temperature<step = 0>}
// -----
// step_temperature_c3
// expected-error @+1 {{'shift' must be within [0, 2^24], got -1}}
func.func private @f() attributes {a = #attn.step_temperature<shift = -1>}
// -----
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected an encoding of rows, got #attn.rope<base = 1.000000e+04>; a rotation stands in attn.rotate}}
  %t = attn.encode %x at %m (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// shape_c1
func.func @f(%x: tensor<?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 'input' of rank 4 [B, H, L, D] or rank 5 [B, H, M, N, D], got 'tensor<?x?x8xf32>'}}
  %t = attn.encode %x at %m (#attn.sinusoidal) : tensor<?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// positions_c2
func.func @f(%x: tensor<?x?x4x8xf32>, %m: tensor<?x5xi32>) {
  // expected-error @+1 {{row count}}
  %t = attn.encode %x at %m (#attn.sinusoidal) : tensor<?x?x4x8xf32>, tensor<?x5xi32>
  return
}
