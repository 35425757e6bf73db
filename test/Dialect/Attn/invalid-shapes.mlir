// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// shape_c1
func.func @rank(%q: tensor<4x8xf32>) {
  // expected-error @+1 {{expected 'query' of rank 4 [B, H, L, D], got 'tensor<4x8xf32>'}}
  %s = attn.scores %q, %q : tensor<4x8xf32>, tensor<4x8xf32>
  return
}
// -----
// shape_c1
func.func @slice_rank(%q: tensor<8xf32>) {
  // expected-error @+1 {{expected 'input' of rank 4 [B, H, L, D] or rank 5 [B, H, M, N, D], got 'tensor<8xf32>'}}
  %s = attn.slice %q channels(0, 1) : tensor<8xf32>
  return
}
// -----
func.func @unranked(%q: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %s = attn.slice %q channels(0, 1) : tensor<*xf32>
  return
}
// -----
// shape_c1
func.func @scores_rank(%s: tensor<4x8xf32>) {
  // expected-error @+1 {{expected 'scores' of rank 4 [B, H, M, N], got 'tensor<4x8xf32>'}}
  %p = attn.softmax %s : tensor<4x8xf32>
  return
}
// -----
// shape_c1
func.func @positions_rank(%m: tensor<4xi32>) {
  // expected-error @+1 {{expected 'positions' of rank 2 [B, L] or rank 3 [B, L, axes], got 'tensor<4xi32>'}}
  %c, %s = attn.phase %m channels(8) (#attn.rope<base = 1.0e4>) : tensor<4xi32>
  return
}
// -----
// element_c2
func.func @f64(%q: tensor<1x1x1x8xf64>) {
  // expected-error @+1 {{operand #0 must be 4D tensor of f32, f16 or bf16 values, but got 'tensor<1x1x1x8xf64>'}}
  %s = attn.scores %q, %q : tensor<1x1x1x8xf64>, tensor<1x1x1x8xf64>
  return
}
// -----
// element_c2
func.func @float_positions(%q: tensor<1x1x1x8xf32>, %m: tensor<1x1xf32>) {
  // expected-error @+1 {{must be 2D/3D tensor of 32-bit signless integer values, but got 'tensor<1x1xf32>'}}
  %s = attn.rotate %q at %m (#attn.rope<base = 1.0e4>) : tensor<1x1x1x8xf32>, tensor<1x1xf32>
  return
}
// -----
// element_c1
func.func @mixed(%q: tensor<1x1x1x8xf16>, %k: tensor<1x1x1x8xbf16>) {
  // expected-error @+1 {{'query' and 'key' must share an element type: got 'f16' and 'bf16'}}
  %s = attn.scores %q, %k : tensor<1x1x1x8xf16>, tensor<1x1x1x8xbf16>
  return
}
// -----
// row_c1
func.func @dynamic_channels(%q: tensor<1x1x1x?xf32>) {
  // expected-error @+1 {{expected a static channel count of 'query', got 'tensor<1x1x1x?xf32>'}}
  %s = attn.scores %q, %q : tensor<1x1x1x?xf32>, tensor<1x1x1x?xf32>
  return
}
// -----
// row_c1
func.func @no_channels(%q: tensor<1x1x1x0xf32>) {
  // expected-error @+1 {{expected at least one channel in 'query', got 'tensor<1x1x1x0xf32>'}}
  %s = attn.scores %q, %q : tensor<1x1x1x0xf32>, tensor<1x1x1x0xf32>
  return
}
// -----
// row_c1
func.func @many_channels(%q: tensor<1x1x1x65537xf32>) {
  // expected-error @+1 {{expected at most 65536 channels in 'query', got 'tensor<1x1x1x65537xf32>'}}
  %s = attn.scores %q, %q : tensor<1x1x1x65537xf32>, tensor<1x1x1x65537xf32>
  return
}
// -----
// row_c2
func.func @huge(%q: tensor<9223372036854775807x4x1x8xf32>) {
  // expected-error @+1 {{element count of 'query' exceeds 2^45: 'tensor<9223372036854775807x4x1x8xf32>'}}
  %s = attn.scores %q, %q : tensor<9223372036854775807x4x1x8xf32>, tensor<9223372036854775807x4x1x8xf32>
  return
}
// -----
// row_c1
func.func @huge_channels(%q: tensor<1x1x1x4611686018427387904xf32>) {
  // expected-error @+1 {{expected at most 65536 channels in 'input'}}
  %s = attn.duplicate half %q : tensor<1x1x1x4611686018427387904xf32>
  return
}
// -----
func.func @dimension(%q: tensor<
  // expected-error @+1 {{invalid dimension}}
  99999999999999999999x4xf32>)
