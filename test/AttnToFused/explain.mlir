// The report of sextantc --explain.
// RUN: sextant-opt %s --explain-attention -o /dev/null | FileCheck %s

// CHECK-LABEL: @slack
// CHECK-NEXT: score = E(query) . F(key), 8 features a row; the scale 1.250000e-01 is part of E
// CHECK-NEXT: never stored: keys of B*H*M*N*8 elements
// CHECK-NEXT: group 0: 4 x 2 channels of the score, width 2, g < 4
// CHECK-NEXT: qa: channel g of argument 0
// CHECK-NEXT: qb: channel g + 4 of argument 0
// CHECK-NEXT: ka: channel g of argument 1
// CHECK-NEXT: kb: channel g + 4 of argument 1
// CHECK-NEXT: E0 = (qa^2 + qb^2)*cm
// CHECK-NEXT: E1 = (qb^2 - qa^2)*cm + 2*qa*qb*sm
// CHECK-NEXT: F0 = maximumf(1/2*ka + 1/2*kb, 0)*cn
// CHECK-NEXT: F1 = maximumf(1/2*ka + 1/2*kb, 0)*sn
// CHECK-NEXT: key cache: 1 number a group and key: maximumf(1/2*ka + 1/2*kb, 0)
// CHECK-NEXT: keys move by: rotation
// CHECK-NEXT: translation invariant: no: score({{.*}}) = {{.*}} but score({{.*}}) =
// CHECK-NEXT: hoisted: E to once a query and head, F to once a key and key head
// CHECK-NEXT: bounds, |q| and |k| the largest channels of a row:
// CHECK-NEXT: |E . F| <= 3 |q|^2 |k|
// CHECK-NEXT: features E, kept in f32: within f16 for |q| <= {{[0-9.]+}}, within bf16 and f32 for |q| <= {{[0-9.e+]+}}
// CHECK-NEXT: visible region: 0 ops a pair; 1 a distance
// CHECK-NEXT: reads positions as distances only: translation invariant
func.func @slack(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %k scale(0.125) : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// CHECK-LABEL: @strict
// CHECK: E0 = (qa^2 + qb^2)*cm
// CHECK-NEXT: E1 = (qa^2 + qb^2)*sm
// CHECK: translation invariant: yes
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

// Rounded angles have no law of addition that holds exactly.
// CHECK-LABEL: @rounded_angles
// CHECK: translation invariant: yes
// CHECK-NEXT: angles are products rounded to f32: what depends on distances, and how keys move, holds up to that rounding
func.func @rounded_angles(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) angles(f32) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) angles(f32) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Partial rotary: two groups; the biased score says what is hoisted.
// CHECK-LABEL: @partial_with_bias
// CHECK: group 0: 2 x 2 channels of the score, width 2, g < 2
// CHECK: key cache: 2 numbers a group and key: ka, kb
// CHECK: group 1: 4 x 1 channel of the score, width 1, g < 4
// CHECK: k: channel g + 4 of argument 1
// CHECK: keys move by: position-free already
// CHECK: score region: 1 op a pair; {{.*}} a head and distance
// CHECK-NEXT: reads positions as distances only: translation invariant
func.func @partial_with_bias(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.alibi) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// CHECK-LABEL: @absolute_mask
// CHECK: visible region: 1 op a pair; 1 a distance; 1 a key
// CHECK-NEXT: reads positions by themselves: not translation invariant
func.func @absolute_mask(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible (%b, %h, %i, %j, %m, %n) {
    %four = arith.constant 4 : i32
    %sink = arith.cmpi slt, %n, %four : i32
    %causal = arith.cmpi sle, %n, %m : i32
    %or = arith.ori %sink, %causal : i1
    attn.yield %or : i1
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// CHECK-LABEL: @relative_keys
// CHECK: score region: 2 ops a pair;
// CHECK-NEXT: gathers by query and distance: the result of attn.project, argument 0 by 5 rows of argument 3
// CHECK-NEXT: reads positions as distances only: translation invariant
func.func @relative_keys(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %e: tensor<1x5x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %g = attn.project %q, %e : tensor<?x?x?x8xf32>, tensor<1x5x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.bias %s at (%pq, %pk) (#attn.shaw<clip = 2>) captures(%g : tensor<?x?x?x5xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Ordered weights: what a key takes and leaves adds up to 1, or nobody knows.
// CHECK-LABEL: @stick_breaking
// CHECK: weights: shares of what later keys leave; keys are taken in order, in one pass
// CHECK-NEXT: what a key takes and what it leaves add up to 1: weights are within [0, 1] and add up to at most 1
func.func @stick_breaking(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.normalize %s by (#attn.stick_breaking) : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// CHECK-LABEL: @decay
// CHECK: weights: shares of what later keys leave
// CHECK-NEXT: what a key takes and what it leaves are not known to add up to 1: weights may add up to anything
func.func @decay(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.ordered_weights %s (%x, %b, %h, %i, %j, %m, %n) {
    %keep = arith.constant 0.9 : f32
    attn.yield %x, %keep : f32, f32
  } : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// A map of the output is part of the op.
// CHECK-LABEL: @gated
// CHECK: output region: 3 ops an element, where it is stored: the output is not read again
func.func @gated(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %g: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %w = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  %o = attn.row_map %w, %g (%x, %y, %b, %h, %i, %n, %c) {
    %t = math.tanh %y : f32
    %z = arith.mulf %x, %t : f32
    attn.yield %z : f32
  } : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
