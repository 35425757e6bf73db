// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// rms_norm_c1
// expected-error @+1 {{'eps' must be within [1.000000e-30, 1], got 0.000000e+00}}
func.func private @f() attributes {a = #attn.rms_norm<eps = 0.0>}
// -----
// l2_norm_c1
// expected-error @+1 {{'eps' must be within [1.000000e-15, 1], got 2.000000e+00}}
func.func private @f() attributes {a = #attn.l2_norm<eps = 2.0>}
// -----
// rms_norm_c2
// expected-error @+1 {{'offset' must be finite, got INF}}
func.func private @f() attributes {a = #attn.rms_norm<weighted = true, offset = 0x7FF0000000000000>}
// -----
// l2_norm_c2
// expected-error @+1 {{'offset' must be finite, got nan}}
func.func private @f() attributes {a = #attn.l2_norm<weighted = true, offset = 0x7FF8000000000000>}
// -----
// rms_norm_c3
// expected-error @+1 {{'offset' is added to weights: expected 'weighted = true' or no 'offset', got 1.000000e+00}}
func.func private @f() attributes {a = #attn.rms_norm<offset = 1.0>}
// -----
// l2_norm_c3
// expected-error @+1 {{'offset' is added to weights: expected 'weighted = true' or no 'offset', got 1.000000e+00}}
func.func private @f() attributes {a = #attn.l2_norm<offset = 1.0>}
// -----
// capture_c1
func.func @f(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected 1 captured tensors ('captures(...)'), got 0}}
  %y = attn.encode %x (#attn.rms_norm<weighted = true>) : tensor<?x?x?x8xf32>
  return
}
// -----
// capture_c2
func.func @f(%x: tensor<?x?x?x8xf32>, %w: tensor<4xf32>) {
  // expected-error @+1 {{#attn.l2_norm expected captured tensor 0 (weights) of type 'tensor<8xf32>', f16 or bf16, got 'tensor<4xf32>'}}
  %y = attn.encode %x (#attn.l2_norm<weighted = true>) captures(%w : tensor<4xf32>) : tensor<?x?x?x8xf32>
  return
}
// -----
// row_c1
func.func @f(%x: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{channel}}
  %y = attn.row_reduce sum %x : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{unknown keyword 'summ'; expected one of: sum, sum_of_squares, max; did you mean 'sum'?}}
  %y = attn.row_reduce summ %x : tensor<?x?x?x8xf32>
  return
}
