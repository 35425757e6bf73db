// RUN: sextant-opt %s --attn-to-fused | FileCheck %s
// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled | FileCheck %s --check-prefix=TILED

// RUN: sextantc %s --explain | FileCheck %s --check-prefix=EXPLAIN

// EXPLAIN-LABEL: @both
// EXPLAIN: rounding points: E and F, and weights, to bf16 where the target multiplies bf16
// EXPLAIN-LABEL: @precise_scores
// EXPLAIN: rounding points: weights, to bf16
// EXPLAIN-LABEL: @one_precise_term
// EXPLAIN-NOT: rounding points

// What rows are written with where they meet says which factors may be rounded.

!b = tensor<?x?x?x8xbf16>
!f = tensor<?x?x?x8xf32>
!s = tensor<?x?x?x?xf32>

// CHECK-LABEL: @both
// CHECK: {bf16_features, bf16_weights} : tensor<?x?x?x8xbf16>
// TILED-LABEL: @both
// TILED: {bf16_features, bf16_weights} : (
func.func @both(%q: !b, %k: !b, %v: !b) -> !b {
  %s = attn.scores %q, %k scale(0.25) : !b, !b
  %p = attn.softmax %s : !s
  %o = attn.weighted_sum %p, %v : !s, !b
  return %o : !b
}

// The output may be f32 all the same.
// CHECK-LABEL: @wide_output
// CHECK: {bf16_features, bf16_weights} : tensor<?x?x?x8xbf16>
// TILED-LABEL: @wide_output
// TILED: {bf16_features, bf16_weights} : ({{.*}}) -> tensor<?x?x?x8xf32>
func.func @wide_output(%q: !b, %k: !b, %v: !b) -> !f {
  %s = attn.scores %q, %k scale(0.25) : !b, !b
  %p = attn.softmax %s : !s
  %o = attn.weighted_sum %p, %v : !s, !b
  %w = attn.convert %o to f32 : !b
  return %w : !f
}

// CHECK-LABEL: @precise_scores
// CHECK-NOT: bf16_features
// CHECK: {bf16_weights} : tensor<?x?x?x8xbf16>
// TILED-LABEL: @precise_scores
// TILED-NOT: bf16_features
// TILED: {bf16_weights} : (
func.func @precise_scores(%q: !b, %k: !b, %v: !b) -> !b {
  %qf = attn.convert %q to f32 : !b
  %kf = attn.convert %k to f32 : !b
  %s = attn.scores %qf, %kf scale(0.25) : !f, !f
  %p = attn.softmax %s : !s
  %o = attn.weighted_sum %p, %v : !s, !b
  return %o : !b
}

// One term of f32 keeps all of them so: a kernel has one way to multiply.
// CHECK-LABEL: @one_precise_term
// CHECK-NOT: bf16_
// CHECK-LABEL: @half
// TILED-LABEL: @one_precise_term
// TILED-NOT: bf16_
// TILED-LABEL: @half
func.func @one_precise_term(%q: !b, %k: !b, %v: !f) -> !f {
  %qf = attn.convert %q to f32 : !b
  %kf = attn.convert %k to f32 : !b
  %near = attn.scores %q, %k scale(0.25) : !b, !b
  %far = attn.scores %qf, %kf scale(0.5) : !f, !f
  %s = attn.select_scores %near, %far (%b, %h, %i, %j, %m, %n) {
    %c = arith.cmpi slt, %i, %j : i32
    attn.yield %c : i1
  } : !s
  %p = attn.softmax %s : !s
  %o = attn.weighted_sum %p, %v : !s, !f
  return %o : !f
}

// f16 has no such products.
// CHECK-NOT: bf16_
// TILED-NOT: bf16_
func.func @half(%q: tensor<?x?x?x8xf16>, %k: tensor<?x?x?x8xf16>,
                %v: tensor<?x?x?x8xf16>) -> tensor<?x?x?x8xf16> {
  %s = attn.scores %q, %k scale(0.25) : tensor<?x?x?x8xf16>, tensor<?x?x?x8xf16>
  %p = attn.softmax %s : !s
  %o = attn.weighted_sum %p, %v : !s, tensor<?x?x?x8xf16>
  return %o : tensor<?x?x?x8xf16>
}
