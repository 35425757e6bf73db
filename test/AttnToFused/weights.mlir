// How scores become weights is regions of the fused op; norms are numbers of rows
// that the features read.
// RUN: sextant-opt %s --attn-to-fused | FileCheck %s

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!lse = tensor<?x?x?xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: @extra_logits(
// CHECK: attn.fused
// CHECK-SAME: normalizer(#attn.softmax)
// CHECK: visible {
// CHECK: extra {
// CHECK: attn.yield %{{.*}}, %{{.*}} : f32, f32
// CHECK: features {
func.func @extra_logits(%q: !rows, %k: !rows, %v: !rows) -> (!rows, !lse) {
  %m, %n = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.scores %q, %k scale(0.5) : !rows, !rows
  %p, %l = attn.softmax %s at (%m, %n) visible(#attn.causal) extra (%b, %h, %i, %x) {
    %f = arith.sitofp %x : i32 to f32
    %g = arith.sitofp %h : i32 to f32
    attn.yield %f, %g : f32, f32
  } lse : !scores, !pos, !pos
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o, %l : !rows, !lse
}

// The terms of the query alone count here, though they cancel in a softmax.
// CHECK-LABEL: @own_scores(
// CHECK: attn.fused
// CHECK-SAME: normalizer(#attn.pointwise)
// CHECK: weight {
// CHECK: math.exp
// CHECK: gate {
// CHECK: arith.mulf
func.func @own_scores(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?xf32>) -> !rows {
  %t = attn.pair_keys %q, %k (%x, %y) {
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } : !rows, !rows
  %s = attn.scores %q, %t scale(0.25) : !rows, tensor<?x?x?x?x8xf32>
  %p = attn.normalize %s by (#attn.sigmoid<bias = -1.0>) : !scores
  %w = attn.scale_weights %p (%b, %h, %i, %j, %m, %n) {
    %r = attn.read %g[%b, %j] : tensor<?x?xf32>
    attn.yield %r : f32
  } : !scores
  %x = attn.scale_weights %w (%b, %h, %i, %j, %m, %n) {
    %f = arith.sitofp %j : i32 to f32
    attn.yield %f : f32
  } : !scores
  %o = attn.weighted_sum %x, %v : !scores, !rows
  return %o : !rows
}

// CHECK-LABEL: @over_sum(
// CHECK: normalizer(#attn.pointwise<over_sum = true>)
func.func @over_sum(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.normalize %s by (#attn.relu<power = 2.0, over_sum = true>) : !scores
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

// The region of shares is the carry, and what is left a second result.
// CHECK-LABEL: @ordered(
// CHECK: attn.fused
// CHECK-SAME: normalizer(#attn.ordered)
// CHECK: visible {
// CHECK: carry {
// CHECK: attn.yield %{{.*}}, %{{.*}} : f32, f32
// CHECK: features {
// CHECK: : tensor<?x?x?x8xf32>, tensor<?x?x?xf32>
func.func @ordered(%q: !rows, %k: !rows, %v: !rows) -> (!rows, !lse) {
  %m, %n = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.scores %q, %k scale(0.5) : !rows, !rows
  %p, %r = attn.normalize %s at (%m, %n) by (#attn.stick_breaking) visible(#attn.causal) remainder : !scores, !pos, !pos
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o, %r : !rows, !lse
}

// A norm between two attentions, and one of rotated rows.
// CHECK-LABEL: @norms(
// CHECK-DAG: attn.row_reduce sum_of_squares %{{.*}}
// CHECK: attn.fused
// CHECK: math.rsqrt
// CHECK: attn.row_reduce sum_of_squares
// CHECK: attn.fused
func.func @norms(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %m, %n = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %qr = attn.rotate %q at %m (#attn.rope<base = 1.0e4>) : !rows, !pos
  %kr = attn.rotate %k at %n (#attn.rope<base = 1.0e4>) : !rows, !pos
  %qn = attn.encode %qr (#attn.rms_norm) : !rows
  %kn = attn.encode %kr (#attn.l2_norm) : !rows
  %s = attn.scores %qn, %kn : !rows, !rows
  %p = attn.softmax %s at (%m, %n) visible(#attn.causal) : !scores, !pos, !pos
  %a = attn.weighted_sum %p, %v : !scores, !rows
  %an = attn.encode %a (#attn.l2_norm) : !rows
  %t = attn.scores %an, %kn : !rows, !rows
  %w = attn.softmax %t : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}
