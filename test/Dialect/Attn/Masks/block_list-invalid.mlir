// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// block_list_c1
// expected-error @+1 {{'size' must be within [1, 2^24], got 0}}
func.func private @f() attributes {m = #attn.block_list<size = 0, capture = 0>}
// -----
// block_list_c2
// expected-error @+1 {{'capture' must be within [0, 256), got 256}}
func.func private @f() attributes {m = #attn.block_list<size = 4, capture = 256>}
// -----
// block_list_c3
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x?x?xi32>) {
  // expected-error @+1 {{#attn.block_list expected captured tensor 0 to list 1 to 16 blocks in its last extent, got a dynamic extent}}
  %p = attn.softmax %s visible(#attn.block_list<size = 4, capture = 0>) captures(%c0 : tensor<?x?x?x?xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x?x17xi32>) {
  // expected-error @+1 {{#attn.block_list expected captured tensor 0 to list 1 to 16 blocks in its last extent, got 17}}
  %p = attn.softmax %s visible(#attn.block_list<size = 4, capture = 0>) captures(%c0 : tensor<?x?x?x17xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x3xi32>) {
  // expected-error @+1 {{#attn.block_list expected captured tensor 0 of type tensor<?x?x?x?xi32>, got 'tensor<?x?x3xi32>'}}
  %p = attn.softmax %s visible(#attn.block_list<size = 4, capture = 0>) captures(%c0 : tensor<?x?x3xi32>) : tensor<?x?x?x?xf32>
  return
}
