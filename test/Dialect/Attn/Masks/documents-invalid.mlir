// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// documents_c1
// expected-error @+1 {{'query' must be within [0, 256), got -1}}
func.func private @query() attributes {m = #attn.documents<query = -1, key = 0>}
// -----
// expected-error @+1 {{'key' must be within [0, 256), got 256}}
func.func private @key() attributes {m = #attn.documents<query = 0, key = 256>}
// -----
func.func @missing(%s: tensor<?x?x?x?xf32>, %n: tensor<?x?xi32>) {
  // expected-error @+1 {{#attn.documents reads captured tensor 1: expected at least 2 captured tensors, got 1}}
  %p = attn.softmax %s visible(#attn.documents<query = 0, key = 1>) captures(%n : tensor<?x?xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @lengths(%s: tensor<?x?x?x?xf32>, %n: tensor<?xi32>) {
  // expected-error @+1 {{#attn.documents expected captured tensor 0 of type tensor<?x?xi32>, got 'tensor<?xi32>'}}
  %p = attn.softmax %s visible(#attn.documents<query = 0, key = 0>) captures(%n : tensor<?xi32>) : tensor<?x?x?x?xf32>
  return
}
