// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled --attn-verify-tiled-form | FileCheck %s

// What depends on (head, distance) or on one row alone is tabulated; what is
// cheaper than the load that would replace it, or depends on more, stays.

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

// What depends on one key is tabulated, by batch entry and head only where these
// matter: a logarithm of a gate of (batch, key), a decay of (head, key), both in one
// place each; what reads both rows stays. A plain read is a table already.
// CHECK-LABEL: func @keys
// CHECK: %[[GATES:.*]] = attn.tabulate_rows keys(%arg0, %arg1) per_batch captures(%arg3) {
// CHECK-NEXT: ^bb0(%[[B:.*]]: i32, %{{.*}}: i32, %[[J:.*]]: i32, %{{.*}}: i32):
// CHECK-NEXT: attn.read %arg3[%[[B]], %[[J]]]
// CHECK-NEXT: math.log
// CHECK-NEXT: attn.yield
// CHECK-NEXT: } : {{.*}} -> tensor<?x1x?xf32>
// CHECK: %[[DECAY:.*]] = attn.tabulate_rows keys(%arg0, %arg1) at %keyPos per_head captures(%arg4) {
// CHECK-NEXT: ^bb0(%{{.*}}: i32, %[[H:.*]]: i32, %{{.*}}: i32, %[[N:.*]]: i32):
// CHECK: math.exp
// CHECK: } : {{.*}} -> tensor<1x?x?xf32>
// CHECK-NOT: attn.tabulate
// CHECK: attn.score %{{.*}} (%[[S:.*]], %[[BATCH:.*]], %[[HEAD:.*]], %{{.*}}, %[[KEY:.*]], %{{.*}}, %{{.*}}) {
// CHECK-NEXT: attn.read %arg3[%[[BATCH]], %[[KEY]]]
// CHECK-NEXT: arith.mulf
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK-NEXT: attn.read %[[GATES]][%[[BATCH]], %[[ZERO]], %[[KEY]]] {in_bounds}
// CHECK-NEXT: arith.addf
// CHECK-NEXT: %[[ZERO1:.*]] = arith.constant 0 : i32
// CHECK-NEXT: attn.read %[[DECAY]][%[[ZERO1]], %[[HEAD]], %[[KEY]]] {in_bounds}
// CHECK-NEXT: arith.addf
// CHECK-NEXT: attn.yield
func.func @keys(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %gate: tensor<?x?xf32>, %rate: tensor<?xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(top_left) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %g = attn.read %gate[%b, %j] : tensor<?x?xf32>
    %l = math.log %g : f32
    %r = attn.read %rate[%h] : tensor<?xf32>
    %f = arith.sitofp %n : i32 to f32
    %rf = arith.mulf %r, %f : f32
    %e = math.exp %rf : f32
    %again = attn.read %gate[%b, %j] : tensor<?x?xf32>
    %xg = arith.mulf %x, %again : f32
    %y = arith.addf %xg, %l : f32
    %z = arith.addf %y, %e : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Query rows as well, here by batch entry and head; positions of an argument
// differ from one batch entry to another, so a table of them does.
// CHECK-LABEL: func @queries
// CHECK: attn.tabulate_rows queries(%arg0, %arg1) per_batch per_head captures(%arg3)
// CHECK: math.log1p
// CHECK: } : {{.*}} -> tensor<?x?x?xf32>
// CHECK: attn.tabulate_rows keys(%arg0, %arg1) at %arg5 per_batch {
// CHECK: math.cos
// CHECK: } : {{.*}} -> tensor<?x1x?xf32>
// CHECK-NOT: attn.tabulate
func.func @queries(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %temper: tensor<?x?x?xf32>, %pq: tensor<?x?xi32>, %pk: tensor<?x?xi32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
    %a = attn.read %temper[%b, %h, %i] : tensor<?x?x?xf32>
    %l = math.log1p %a : f32
    %f = arith.sitofp %n : i32 to f32
    %c = math.cos %f : f32
    %d = arith.subi %m, %n : i32
    %df = arith.sitofp %d : i32 to f32
    %de = math.exp %df : f32
    %xl = arith.mulf %x, %l : f32
    %y = arith.addf %xl, %c : f32
    %z = arith.addf %y, %de : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// A value that leads to one of its own class has no table beside it, even where
// something without a table of its own, such as a truth value, lies between.
// CHECK-LABEL: func @largest
// CHECK: attn.tabulate_rows keys
// CHECK: math.log
// CHECK: arith.cmpf
// CHECK: arith.select
// CHECK: math.exp
// CHECK: attn.yield
// CHECK-NOT: attn.tabulate
// CHECK: attn.score
// CHECK-NOT: math.
// CHECK: attn.finalize
func.func @largest(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %gate: tensor<?x?xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %g = attn.read %gate[%b, %j] : tensor<?x?xf32>
    %l = math.log %g : f32
    %zero = arith.constant 0.0 : f32
    %some = arith.cmpf ogt, %l, %zero : f32
    %p = arith.select %some, %l, %zero : f32
    %e = math.exp %p : f32
    %z = arith.mulf %x, %e : f32
    attn.yield %z : f32
  } : tensor<?x?x?x?xf32>
  %w = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
