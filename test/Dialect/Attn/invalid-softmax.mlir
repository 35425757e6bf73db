// RUN: sextant-opt %s -split-input-file -verify-diagnostics

!s = tensor<?x?x?x?xf32>
// softmax_c1
func.func @both(%s: !s) {
  // expected-error @+1 {{expected a mask attribute or a visible region, got both}}
  %p = "attn.softmax"(%s) <{mask = #attn.causal, operandSegmentSizes = array<i32: 1, 0, 0, 0>}> ({
  ^bb0(%b: i32, %h: i32, %i: i32, %j: i32, %m: i32, %n: i32):
    %y = arith.constant true
    attn.yield %y : i1
  }, {}) : (!s) -> !s
  return
}
// -----
// softmax_c2
func.func @positions(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected positions ('at (%queryPos, %keyPos)') for the mask}}
  %p = attn.softmax %s visible(#attn.not<#attn.causal>) : tensor<?x?x?x?xf32>
  return
}
// -----
// softmax_c3
func.func @idle_captures(%s: tensor<?x?x?x?xf32>, %n: tensor<?xi32>) {
  // expected-error @+1 {{'captures' are read by a mask attribute: a region reads tensors by attn.read}}
  %p = attn.softmax %s captures(%n : tensor<?xi32>) : tensor<?x?x?x?xf32>
  return
}
// -----
// softmax_c4
func.func @lse(%s: tensor<?x?x?xf32>, %t: tensor<1x1x1x1xf32>) {
  // expected-error @+1 {{attn.softmax}}
  %p, %l = "attn.softmax"(%t) <{operandSegmentSizes = array<i32: 1, 0, 0, 0>}> ({}) : (tensor<1x1x1x1xf32>) -> (tensor<1x1x1x1xf32>, tensor<1x1x1xf32>)
  return
}
// -----
func.func @bias_as_mask(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected a mask (a predicate), got #attn.alibi; a number added to scores is an attn.bias}}
  %p = attn.softmax %s visible(#attn.alibi) : tensor<?x?x?x?xf32>
  return
}
// -----
// visible_c1
func.func @float_mask(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the visible region to yield one i1}}
  %p = attn.softmax %s visible (%b, %h, %i, %j, %m, %n) {
    %y = arith.sitofp %i : i32 to f32
    // expected-note @+1 {{a number added to scores is an attn.bias or an attn.score_map}}
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @arguments(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected 6 region arguments (batch, head, queryIndex, keyIndex, queryPos, keyPos), got 2}}
  %p = attn.softmax %s visible (%b, %h) {
    %y = arith.constant true
    attn.yield %y : i1
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// capture_c1
func.func @no_capture(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{#attn.lengths reads captured tensor 0: expected at least 1 captured tensors, got 0}}
  %p = attn.softmax %s visible(#attn.lengths<capture = 0>) : tensor<?x?x?x?xf32>
  return
}
// -----
// capture_c2
func.func @capture_type(%s: tensor<?x?x?x?xf32>, %n: tensor<?xf32>) {
  // expected-error @+1 {{#attn.lengths expected captured tensor 0 of type tensor<?xi32>, got 'tensor<?xf32>'}}
  %p = attn.softmax %s visible(#attn.lengths<capture = 0>) captures(%n : tensor<?xf32>) : tensor<?x?x?x?xf32>
  return
}
// -----
// capture_c3
func.func @capture_element(%s: tensor<?x?x?x?xf32>, %n: tensor<?xi32>, %z: tensor<?xi8>) {
  // expected-error @+1 {{unsupported element type 'i8' of captured tensor 1; supported: f32, f64, f16, bf16, i32, i1}}
  %p = attn.softmax %s visible(#attn.lengths<capture = 0>) captures(%n, %z : tensor<?xi32>, tensor<?xi8>) : tensor<?x?x?x?xf32>
  return
}
// -----
// weighted_sum_c1
func.func @keys(%p: tensor<1x1x4x128xf32>, %v: tensor<1x1x127x8xf32>) {
  // expected-error @+1 {{sequence length of 'value' must equal that of 'key': expected 128, got 127}}
  %o = attn.weighted_sum %p, %v : tensor<1x1x4x128xf32>, tensor<1x1x127x8xf32>
  return
}
