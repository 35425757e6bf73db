// Programs nobody listed come out at their least width. Every function is the
// strict program with one op moved, dropped or added: the width tells them
// apart, so an analysis that overlooks an op fails here.
// RUN: sextant-opt %s --attn-to-fused | FileCheck %s

// CHECK-LABEL: func.func @strict
// CHECK: #attn.group<count = 4, width = 2, query
func.func @strict(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// The tie dropped: both halves of the key stay apart.
// CHECK-LABEL: func.func @strict_untied
// CHECK: #attn.group<count = 4, width = 4, query
func.func @strict_untied(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %k = attn.collinear_keys %q, %u : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Slack with untied halves stays at two.
// CHECK-LABEL: func.func @slack_untied
// CHECK: #attn.group<count = 4, width = 2, query
func.func @slack_untied(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tr = attn.rotate %u at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// No rotation at all: x^2 + y^2 times tau.
// CHECK-LABEL: func.func @collinear_only
// CHECK: #attn.group<count = 4, width = 1, query
func.func @collinear_only(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Rotate, tie, rotate: three features, with the double angle.
// CHECK-LABEL: func.func @rotate_tie_rotate
// CHECK: #attn.group<count = 4, width = 3, query
// CHECK: attn.cos_sin %{{.*}}, %{{.*}} harmonic(2)
func.func @rotate_tie_rotate(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %q, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Tied twice: the query enters cubed.
// CHECK-LABEL: func.func @tie_twice
// CHECK: #attn.group<count = 4, width = 2, query
func.func @tie_twice(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kk = attn.collinear_keys %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %kr = attn.rotate %kk at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// A map before tying is part of the coefficient.
// CHECK-LABEL: func.func @map_before_tie
// CHECK: #attn.group<count = 4, width = 2, query
// CHECK: math.tanh
func.func @map_before_tie(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %w = attn.row_map %u (%x, %b, %h, %i, %m, %c) {
    %y = math.tanh %x : f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %w : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// A linear map of the tied key is arithmetic: nothing widens.
// CHECK-LABEL: func.func @map_after_tie
// CHECK: #attn.group<count = 4, width = 2, query
func.func @map_after_tie(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %k3 = attn.row_map %k (%x, %b, %h, %i, %m, %c) {
    %three = arith.constant 3.0 : f32
    %y = arith.mulf %x, %three : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?x8xf32>
  %kr = attn.rotate %k3 at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// The key turned by another base than the query: no cancellation, still two.
// CHECK-LABEL: func.func @other_base
// CHECK: #attn.group<count = 4, width = 2, query
func.func @other_base(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %u at %pk (#attn.rope<base = 5.0e5>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
