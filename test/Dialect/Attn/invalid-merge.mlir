// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// merge_c1
func.func @lses(%o: tensor<?x?x?x8xf32>, %l: tensor<?x?x?xf32>) {
  // expected-error @+1 {{expected one lse for each of at least 1 output, got 1 for 2}}
  %r, %s = attn.merge (%o, %o) lse(%l) : (tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>, tensor<?x?x?xf32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>)
  return
}
// -----
// merge_c1
func.func @nothing() {
  // expected-error @+1 {{expected one lse for each of at least 1 output, got 0 for 0}}
  %r, %s = attn.merge () lse() : () -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>)
  return
}
// -----
// merge_c2
func.func @channels(%o: tensor<?x?x?x8xf32>, %p: tensor<?x?x?x9xf32>, %l: tensor<?x?x?xf32>) {
  // expected-error @+1 {{expected outputs shaped like the result of type 'tensor<?x?x?x8xf32>', got 'tensor<?x?x?x9xf32>'}}
  %r, %s = attn.merge (%o, %p) lse(%l, %l) : (tensor<?x?x?x8xf32>, tensor<?x?x?x9xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>)
  return
}
// -----
// merge_c3
func.func @rows(%o: tensor<?x4x?x8xf32>, %l: tensor<?x3x?xf32>) {
  // expected-error @+1 {{expected an lse for each row of 'tensor<?x4x?x8xf32>', got 'tensor<?x3x?xf32>'}}
  %r, %s = attn.merge (%o) lse(%l) : (tensor<?x4x?x8xf32>, tensor<?x3x?xf32>) -> (tensor<?x4x?x8xf32>, tensor<?x4x?xf32>)
  return
}
