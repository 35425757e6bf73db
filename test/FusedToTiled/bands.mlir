// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled --attn-verify-tiled-form | FileCheck %s

// A gather by a row and a distance that is limited first is tabulated for the
// distances within the limits.

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: func @queries
// CHECK: %[[G:.*]] = attn.project %arg0, %arg3
// CHECK: %[[T:.*]] = attn.tabulate_band queries(%arg0, %arg1) align(bottom_right) band(-2, 2) captures(%[[G]])
// CHECK: ^bb0(%[[B:.*]]: i32, %[[H:.*]]: i32, %[[I:.*]]: i32, %[[D:.*]]: i32):
// CHECK: attn.read %[[G]][%[[B]], %[[H]], %[[I]], %{{.*}}] {matched}
// CHECK: -> tensor<?x?x?x320xf32>
// CHECK: attn.score %{{.*}} (%{{.*}}, %[[B:.*]], %[[H:.*]], %[[I:.*]], %{{.*}}, %[[M:.*]], %[[N:.*]]) {
// CHECK-NEXT: %[[DIST:.*]] = arith.subi %[[M]], %[[N]]
// CHECK-NEXT: attn.read %[[T]][%[[B]], %[[H]], %[[I]], %[[DIST]]] {in_bounds}
func.func @queries(%q: !rows, %k: !rows, %v: !rows, %e: tensor<?x5x8xf32>) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %g = attn.project %q, %e : !rows, tensor<?x5x8xf32>
  %s = attn.scores %q, %k : !rows, !rows
  %t = attn.bias %s at (%pq, %pk) (#attn.shaw<clip = 2>) captures(%g : tensor<?x?x?x5xf32>) : !scores, !pos, !pos
  %w = attn.softmax %t : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

// A shift may come before the limits; both signs of the distance are one band.
// CHECK-LABEL: func @keys
// CHECK: attn.tabulate_band keys(%arg0, %arg1) align(top_left) band(-1, 7)
// CHECK: -> tensor<?x?x?x48xf32>
func.func @keys(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?x?x5xf32>) -> !rows {
  %pq, %pk = attn.positions %q, %k align(top_left) : !rows, !rows
  %s = attn.scores %q, %k : !rows, !rows
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %zero = arith.constant 0 : i32
    %three = arith.constant 3 : i32
    %four = arith.constant 4 : i32
    %d = arith.subi %m, %n : i32
    %d3 = arith.subi %d, %three : i32
    %low = arith.maxsi %d3, %zero : i32
    %r = arith.minsi %low, %four : i32
    %e = arith.subi %n, %m : i32
    %e3 = arith.addi %e, %three : i32
    %high = arith.minsi %e3, %four : i32
    %r2 = arith.maxsi %high, %zero : i32
    %rr = arith.addi %r, %r2 : i32
    %bias = attn.read %g[%b, %h, %j, %rr] : tensor<?x?x?x5xf32>
    %y = arith.addf %x, %bias : f32
    attn.yield %y : f32
  } : !scores, !pos, !pos
  %w = attn.softmax %t : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

// A sum that might wrap is no distance.
// CHECK-LABEL: func @wraps
// CHECK-NOT: attn.tabulate_band
func.func @wraps(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?x?x5xf32>) -> !rows {
  %pq, %pk = attn.positions %q, %k align(top_left) : !rows, !rows
  %s = attn.scores %q, %k : !rows, !rows
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %most = arith.constant 2147483647 : i32
    %low = arith.constant 2147483643 : i32
    %d = arith.subi %m, %n : i32
    %e = arith.addi %d, %most : i32
    %f = arith.maxsi %e, %low : i32
    %r = arith.minsi %f, %most : i32
    %u = attn.read %g[%b, %h, %i, %r] : tensor<?x?x?x5xf32>
    %z = arith.addf %x, %u : f32
    attn.yield %z : f32
  } : !scores, !pos, !pos
  %w = attn.softmax %t : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

// No table where a distance is not limited, or where its sign alone is asked for
// too.
// CHECK-LABEL: func @unlimited
// CHECK-NOT: attn.tabulate_band
func.func @unlimited(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?x?x5xf32>) -> !rows {
  %pq, %pk = attn.positions %q, %k align(top_left) : !rows, !rows
  %s = attn.scores %q, %k : !rows, !rows
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %zero = arith.constant 0 : i32
    %four = arith.constant 4 : i32
    %d = arith.subi %m, %n : i32
    %low = arith.maxsi %d, %zero : i32
    %r = attn.read %g[%b, %h, %j, %low] : tensor<?x?x?x5xf32>
    %limited = arith.minsi %low, %four : i32
    %past = arith.cmpi slt, %d, %zero : i32
    %two = arith.select %past, %zero, %limited : i32
    %u = attn.read %g[%b, %h, %i, %two] : tensor<?x?x?x5xf32>
    %y = arith.addf %x, %r : f32
    %z = arith.addf %y, %u : f32
    attn.yield %z : f32
  } : !scores, !pos, !pos
  %w = attn.softmax %t : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

// Positions that an argument gives are no function of the row numbers.
// CHECK-LABEL: func @given_positions
// CHECK-NOT: attn.tabulate_band
func.func @given_positions(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?x?x5xf32>, %pq: !pos, %pk: !pos) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %t = attn.bias %s at (%pq, %pk) (#attn.shaw<clip = 2>) captures(%g : tensor<?x?x?x5xf32>) : !scores, !pos, !pos
  %w = attn.softmax %t : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}
