// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// global_tokens_c1
// expected-error @+1 {{expected either 'first' or 'query' and 'key'}}
func.func private @f() attributes {m = #attn.global_tokens<first = 1, query = 0, key = 0>}
// -----
// expected-error @+1 {{expected either 'first' or 'query' and 'key'}}
func.func private @f() attributes {m = #attn.global_tokens<query = 0>}
// -----
// global_tokens_c2
// expected-error @+1 {{'first' must be within [1, 2^31), got 0}}
func.func private @f() attributes {m = #attn.global_tokens<first = 0>}
// -----
// global_tokens_c3
// expected-error @+1 {{'query' must be within [0, 256), got -1}}
func.func private @f() attributes {m = #attn.global_tokens<query = -1, key = 0>}
// -----
// expected-error @+1 {{'key' must be within [0, 256), got 256}}
func.func private @f() attributes {m = #attn.global_tokens<query = 0, key = 256>}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?xi1>) {
  // expected-error @+1 {{#attn.global_tokens reads captured tensor 1: expected at least 2 captured tensors, got 1}}
  %p = attn.softmax %s visible(#attn.global_tokens<query = 0, key = 1>) captures(%c0 : tensor<?x?xi1>) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?xi32>) {
  // expected-error @+1 {{#attn.global_tokens expected captured tensor 0 of type tensor<?x?xi1>, got 'tensor<?x?xi32>'}}
  %p = attn.softmax %s visible(#attn.global_tokens<query = 0, key = 0>) captures(%c0 : tensor<?x?xi32>) : tensor<?x?x?x?xf32>
  return
}
