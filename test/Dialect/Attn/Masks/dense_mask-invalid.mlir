// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// dense_mask_c1
// expected-error @+1 {{'capture' must be within [0, 256), got -1}}
func.func private @f() attributes {m = #attn.dense_mask<capture = -1>}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x?x?xi32>) {
  // expected-error @+1 {{#attn.dense_mask expected captured tensor 0 of type tensor<?x?x?x?xi1>, got 'tensor<?x?x?x?xi32>'}}
  %p = attn.softmax %s visible(#attn.dense_mask<capture = 0>) captures(%c0 : tensor<?x?x?x?xi32>) : tensor<?x?x?x?xf32>
  return
}
