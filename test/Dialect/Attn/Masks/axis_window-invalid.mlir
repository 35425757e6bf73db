// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// axis_window_c1
// expected-error @+1 {{'query' must be within [0, 256), got 256}}
func.func private @f() attributes {m = #attn.axis_window<query = 256, key = 0, back = 1, ahead = 1>}
// -----
// expected-error @+1 {{'key' must be within [0, 256), got -1}}
func.func private @f() attributes {m = #attn.axis_window<query = 0, key = -1, back = 1, ahead = 1>}
// -----
// axis_window_c2
// expected-error @+1 {{'back' must be within [0, 2^31), got -1}}
func.func private @f() attributes {m = #attn.axis_window<query = 0, key = 0, back = -1, ahead = 1>}
// -----
// expected-error @+1 {{'ahead' must be within [0, 2^31), got 2147483648}}
func.func private @f() attributes {m = #attn.axis_window<query = 0, key = 0, back = 1, ahead = 2147483648>}
// -----
func.func @f(%s: tensor<?x?x?x?xf32>, %c0: tensor<?xi32>) {
  // expected-error @+1 {{#attn.axis_window expected captured tensor 0 of type tensor<?x?xi32>, got 'tensor<?xi32>'}}
  %p = attn.softmax %s visible(#attn.axis_window<query = 0, key = 0, back = 1, ahead = 1>) captures(%c0 : tensor<?xi32>) : tensor<?x?x?x?xf32>
  return
}
