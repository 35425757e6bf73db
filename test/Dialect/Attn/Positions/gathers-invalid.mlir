// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// shaw_c1
// expected-error @+1 {{'clip' must be within [0, 32767], got -1}}
func.func private @f() attributes {a = #attn.shaw<clip = -1>}
// -----
// deberta_c1
// expected-error @+1 {{'span' must be within [1, 32768], got 0}}
func.func private @f() attributes {a = #attn.deberta<span = 0>}
// -----
// deberta_c2
// expected-error @+1 {{'span' must be even and >= 4 with 'max_distance', got 7}}
func.func private @f() attributes {a = #attn.deberta<span = 7, max_distance = 20>}
// -----
// deberta_c3
// expected-error @+1 {{'max_distance' must be within [10, 2^24], or left out for no logarithm, got 9}}
func.func private @f() attributes {a = #attn.deberta<span = 16, max_distance = 9>}
// -----
// transformer_xl_c1
// expected-error @+1 {{'features' must be even and within [2, 32768], got 5}}
func.func private @f() attributes {a = #attn.transformer_xl<side = key, features = 5>}
// -----
// transformer_xl_c2
// expected-error @+1 {{'base' must be finite and > 1, got 1}}
func.func private @f() attributes {a = #attn.transformer_xl<side = key, features = 4, base = 1.0>}
// -----
// capture_c2: buckets
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %g: tensor<?x?x?x4xf32>) {
  // expected-error @+1 {{#attn.shaw expected captured tensor 0 (a number for each distance of each query) of type 'tensor<?x?x?x5xf32>', f16 or bf16, got 'tensor<?x?x?x4xf32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.shaw<clip = 2>) captures(%g : tensor<?x?x?x4xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2: buckets
func.func @f(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %g: tensor<?x?x?x4xf32>, %h: tensor<?x?x?x5xf32>) {
  // expected-error @+1 {{#attn.deberta expected captured tensor 1 (a number for each bucket of each key) of type 'tensor<?x?x?x4xf32>'}}
  %t = attn.bias %s at (%m, %n) (#attn.deberta<span = 2>) captures(%g, %h : tensor<?x?x?x4xf32>, tensor<?x?x?x5xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return
}
// -----
// capture_c2: features
func.func @f(%q: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>, %u: tensor<?x8xf32>, %w: tensor<?x4x8xf32>) {
  // expected-error @+1 {{#attn.transformer_xl expected captured tensor 2 (heads x features x channels) of type 'tensor<?x6x8xf32>'}}
  %t = attn.encode %q at %m (#attn.transformer_xl<side = query, features = 6>) captures(%u, %u, %w : tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x4x8xf32>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// project_c1
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<?x5x4xf32>) {
  // expected-error @+1 {{expected a table of 8 channels, as the rows have, got 'tensor<?x5x4xf32>'}}
  %g = attn.project %q, %t : tensor<?x?x?x8xf32>, tensor<?x5x4xf32>
  return
}
// -----
// project_c2
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<?x?x8xf32>) {
  // expected-error @+1 {{expected a fixed number of table rows (axis 1), got 'tensor<?x?x8xf32>'}}
  %g = attn.project %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x8xf32>
  return
}
// -----
// project_c3
func.func @f(%q: tensor<?x4x?x8xf32>, %t: tensor<6x5x8xf32>) {
  // expected-error @+1 {{expected a table of 1 head or of a multiple of 4, the heads of the rows, got 'tensor<6x5x8xf32>'}}
  %g = attn.project %q, %t : tensor<?x4x?x8xf32>, tensor<6x5x8xf32>
  return
}
// -----
// row_c1
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<?x0x8xf32>) {
  // expected-error @+1 {{expected at least one channel in 'result'}}
  %g = attn.project %q, %t : tensor<?x?x?x8xf32>, tensor<?x0x8xf32>
  return
}
// -----
// shape_c1
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<5x8xf32>) {
  // expected-error @+1 {{expected 'table' of rank 3 [H, R, D], got 'tensor<5x8xf32>'}}
  %g = attn.project %q, %t : tensor<?x?x?x8xf32>, tensor<5x8xf32>
  return
}
// -----
// element_c2
func.func @f(%q: tensor<?x?x?x8xf32>, %t: tensor<1x5x8xi32>) {
  // expected-error @+1 {{operand #1 must be 3D tensor}}
  %g = attn.project %q, %t : tensor<?x?x?x8xf32>, tensor<1x5x8xi32>
  return
}
