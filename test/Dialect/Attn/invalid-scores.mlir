// RUN: sextant-opt %s -split-input-file -verify-diagnostics

!q = tensor<1x8x4x64xf32>
// heads_c1
func.func @heads(%q: !q, %k: tensor<1x3x4x64xf32>) {
  // expected-error @+1 {{expected query heads (8) to be a multiple of key heads (3)}}
  %s = attn.scores %q, %k : !q, tensor<1x3x4x64xf32>
  return
}
// -----
// heads_c2
func.func @no_key_heads(%q: tensor<1x8x4x64xf32>, %k: tensor<1x0x4x64xf32>) {
  // expected-error @+1 {{expected at least one key head, got 0}}
  %s = attn.scores %q, %k : tensor<1x8x4x64xf32>, tensor<1x0x4x64xf32>
  return
}
// -----
// key_c1
func.func @head_dim(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x80xf32>) {
  // expected-error @+1 {{head dim of 'key' must equal that of 'query': expected 64, got 80}}
  %s = attn.scores %q, %k : tensor<?x?x?x64xf32>, tensor<?x?x?x80xf32>
  return
}
// -----
// key_c2
func.func @pair_rows(%q: tensor<?x?x4x64xf32>, %k: tensor<?x?x5x?x64xf32>) {
  // expected-error @+1 {{query rows of 'key' must equal that of 'query': expected 4, got 5}}
  %s = attn.scores %q, %k : tensor<?x?x4x64xf32>, tensor<?x?x5x?x64xf32>
  return
}
// -----
// scores_c1
func.func @negative_scale(%q: tensor<?x?x?x64xf32>) {
  // expected-error @+1 {{expected 'scale' finite and > 0, got -1.000000e+00}}
  %s = attn.scores %q, %q scale(-1.0) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  return
}
// -----
// scores_c1
func.func @nan_scale(%q: tensor<?x?x?x64xf32>) {
  // expected-error @+1 {{expected 'scale' finite and > 0, got 0x7FF8000000000000}}
  %s = attn.scores %q, %q scale(0x7FF8000000000000) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  return
}
// -----
// scores_c1
func.func @zero_scale(%q: tensor<?x?x?x64xf32>) {
  // expected-error @+2 {{expected 'scale' finite and > 0, got 0.000000e+00}}
  // expected-note @+1 {{scale 0 makes attention uniform over the visible keys}}
  %s = attn.scores %q, %q scale(0.0) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  return
}
// -----
// softcap_c1
func.func @cap(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected 'cap' finite and > 0, got 0.000000e+00 : f64; omit the op for no cap}}
  %t = attn.softcap %s cap(0.0) : tensor<?x?x?x?xf32>
  return
}
// -----
// bias_c1
func.func @bias_positions(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected positions ('at (%queryPos, %keyPos)') for the bias}}
  %t = attn.bias %s (#attn.alibi) : tensor<?x?x?x?xf32>
  return
}
// -----
func.func @mask_as_bias(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected a bias, got #attn.causal; a mask stands in 'visible(...)' of attn.softmax}}
  %t = attn.bias %s (#attn.causal) : tensor<?x?x?x?xf32>
  return
}
// -----
// score_map_c1
func.func @two_scores(%s: tensor<?x?x?x?xf32>) {
  // expected-error @+1 {{expected the region to yield one value, got 2}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    attn.yield %x, %x : f32, f32
  } : tensor<?x?x?x?xf32>
  return
}
// -----
// pair_keys_c1
func.func @two_keys(%q: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected the region to yield one value, got 2}}
  %k = attn.pair_keys %q, %q (%x, %y) {
    attn.yield %x, %y : f32, f32
  } : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  return
}
