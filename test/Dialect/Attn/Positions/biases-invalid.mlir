// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// t5_c1
// expected-error @+1 {{'buckets' must be within [2, 256], got 1}}
func.func private @f() attributes {a = #attn.t5<buckets = 1>}
// -----
// t5_c1
// expected-error @+1 {{'buckets' must be within [4, 256], got 2}}
func.func private @f() attributes {a = #attn.t5<buckets = 2, bidirectional = true>}
// -----
// t5_c2
// expected-error @+1 {{'buckets' must be even if bidirectional, got 7}}
func.func private @f() attributes {a = #attn.t5<buckets = 7, bidirectional = true>}
// -----
// t5_c3
// expected-error @+1 {{'max_distance' must be within (16, 2^24], got 16}}
func.func private @f() attributes {a = #attn.t5<max_distance = 16>}
// -----
// sandwich_c1
// expected-error @+1 {{'dim' must be even and within [2, 256], got 3}}
func.func private @f() attributes {a = #attn.sandwich<dim = 3>}
// -----
// fire_c1
// expected-error @+1 {{'width' must be within [1, 256], got 0}}
func.func private @f() attributes {a = #attn.fire<width = 0>}
// -----
// capture_c1
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) {
  // expected-error @+1 {{expected 1 captured tensors ('captures(...)'), got 0}}
  %t = attn.bias %s at (%m, %n) (#attn.t5) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c1
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<?xf32>) {
  // expected-error @+1 {{expected 0 captured tensors ('captures(...)'), got 1}}
  %t = attn.bias %s at (%m, %n) (#attn.alibi) captures(%c0 : tensor<?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<16x?xf32>) {
  // expected-error @+1 {{#attn.t5 expected captured tensor 0 (buckets x heads) of type 'tensor<32x?xf32>', f16 or bf16, got 'tensor<16x?xf32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.t5) captures(%c0 : tensor<16x?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<?xf32>, %c1: tensor<?xi32>) {
  // expected-error @+1 {{#attn.kerple_log expected captured tensor 1 (a, one a head) of type 'tensor<?xf32>', f16 or bf16, got 'tensor<?xi32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.kerple_log) captures(%c0, %c1 : tensor<?xf32>, tensor<?xi32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<?x?xf32>, %c1: tensor<?xf32>) {
  // expected-error @+1 {{#attn.kerple_power expected captured tensor 0 (p, one a head) of type 'tensor<?xf32>', f16 or bf16, got 'tensor<?x?xf32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.kerple_power) captures(%c0, %c1 : tensor<?x?xf32>, tensor<?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<32xf32>, %c1: tensor<32xf32>, %c2: tensor<32x?xf32>, %c3: tensor<?xf32>, %c4: tensor<f32>, %c5: tensor<f32>) {
  // expected-error @+1 {{#attn.fire expected captured tensor 2 (w2) of type 'tensor<?x32xf32>', f16 or bf16, got 'tensor<32x?xf32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.fire) captures(%c0, %c1, %c2, %c3, %c4, %c5 : tensor<32xf32>, tensor<32xf32>, tensor<32x?xf32>, tensor<?xf32>, tensor<f32>, tensor<f32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<32xf32>, %c1: tensor<32xf32>, %c2: tensor<?x32xf32>, %c3: tensor<?xf32>, %c4: tensor<f32>, %c5: tensor<f64>) {
  // expected-error @+1 {{#attn.fire expected captured tensor 5 (limit) of type 'tensor<f32>', f16 or bf16, got 'tensor<f64>'}}
  %t = attn.bias %s at (%m, %n) (#attn.fire) captures(%c0, %c1, %c2, %c3, %c4, %c5 : tensor<32xf32>, tensor<32xf32>, tensor<?x32xf32>, tensor<?xf32>, tensor<f32>, tensor<f64>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %c0: tensor<?x?x?xf32>, %c1: tensor<?x?xf32>) {
  // expected-error @+1 {{#attn.fox expected captured tensor 1 (gates of keys) of type 'tensor<?x?x?xf32>', f16 or bf16, got 'tensor<?x?xf32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.fox) captures(%c0, %c1 : tensor<?x?x?xf32>, tensor<?x?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
