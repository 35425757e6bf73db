// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// tree_c1
// expected-error @+1 {{expected either 'bits' or 'ends', got both}}
func.func private @f() attributes {m = #attn.tree<bits = 0, ends = 1>}
// -----
// tree_c2
// expected-error @+1 {{'bits' must be within [0, 256), got -1}}
func.func private @f() attributes {m = #attn.tree<bits = -1>}
// -----
// expected-error @+1 {{'ends' must be within [0, 256), got 256}}
func.func private @f() attributes {m = #attn.tree<ends = 256>}
// -----
// tree_c3
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x?xi32>) {
  // expected-error @+1 {{#attn.tree expected captured tensor 0 of 1 to 64 words in its last extent, got a dynamic extent}}
  %p = attn.softmax %s visible(#attn.tree<bits = 0>) captures(%c0 : tensor<?x?x?xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x65xi32>) {
  // expected-error @+1 {{#attn.tree expected captured tensor 0 of 1 to 64 words in its last extent, got 65}}
  %p = attn.softmax %s visible(#attn.tree<bits = 0>) captures(%c0 : tensor<?x?x65xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?xi32>) {
  // expected-error @+1 {{#attn.tree expected captured tensor 0 of type tensor<?x?xi32>, got 'tensor<?xi32>'}}
  %p = attn.softmax %s visible(#attn.tree<ends = 0>) captures(%c0 : tensor<?xi32>) : tensor<?x?x?x?xf32>
  return
}
