// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled --attn-verify-tiled-form | FileCheck %s

// What depends on (head, distance) alone is tabulated; what is cheaper than the
// load that would replace it, or depends on more, stays.

// CHECK-LABEL: func @logarithm
// CHECK: %[[STRIP:.*]] = attn.tabulate(%arg0, %arg1) align(top_left) captures(%arg3)
// CHECK: ^bb0(%[[H:.*]]: i32, %[[D:.*]]: i32):
// CHECK: %[[P:.*]] = attn.read %arg3[%[[H]]]
// CHECK: %[[A:.*]] = math.absi %[[D]]
// CHECK: math.log1p
// CHECK: attn.for_tiles {{.*}} captures(%[[STRIP]])
// CHECK: attn.score %{{.*}} (%[[S:.*]], %{{.*}}, %[[HEAD:.*]], %{{.*}}, %{{.*}}, %[[M:.*]], %[[N:.*]]) {
// CHECK: attn.extent keys
// CHECK: %[[DIST:.*]] = arith.subi %[[M]], %[[N]]
// CHECK: %[[I:.*]] = arith.addi %[[DIST]]
// CHECK: %[[B:.*]] = attn.read %[[STRIP]][%[[HEAD]], %[[I]]] {in_bounds}
// CHECK-NEXT: %[[T:.*]] = arith.subf %[[S]], %[[B]]
// CHECK-NEXT: attn.yield %[[T]]
func.func @logarithm(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %p: tensor<?xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(top_left) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %r = attn.read %p[%h] : tensor<?xf32>
    %d = arith.subi %m, %n : i32
    %a = math.absi %d : i32
    %f = arith.sitofp %a : i32 to f32
    %l = math.log1p %f : f32
    %y = arith.mulf %r, %l : f32
    %z = arith.subf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Positions that an argument gives are no function of the row numbers.
// CHECK-LABEL: func @given_positions
// CHECK-NOT: attn.tabulate
func.func @given_positions(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %pq: tensor<?x?xi32>, %pk: tensor<?x?xi32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %d = arith.subi %m, %n : i32
    %a = math.absi %d : i32
    %f = arith.sitofp %a : i32 to f32
    %l = math.log1p %f : f32
    %z = arith.subf %x, %l : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
