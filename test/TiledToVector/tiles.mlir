// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s
// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64 | FileCheck %s --check-prefix=BASE

// The register tiles: keyRows x queryVectors accumulators for the scores,
// valueRows x queryVectors for the output. Loops take up to four steps at once.

// CHECK-LABEL: func.func private @"k__x86-64-v3__p0"(
// Keys are visited by a loop that searches for visible leaves first.
// CHECK: scf.while
// CHECK: scf.while
// CHECK: cmpi slt
// Scores: two key rows and one vector of queries, from minus the reference on.
// The first feature leads, the loop takes the last four.
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>) {
// CHECK-COUNT-2: math.fma
// CHECK: scf.for {{.*}} step %{{[^ ]+}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-8: math.fma
// CHECK: scf.yield
// An untested tile brings the next block near; in a tested one a masked pair
// becomes -inf. The products stand once.
// CHECK: scf.if {{.*}} -> (vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-2: memref.prefetch
// CHECK: } else {
// CHECK-COUNT-2: arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// In the last run the rows that are written are asked for, and those of the
// next head's queries: eight each.
// CHECK: scf.if
// CHECK-COUNT-16: memref.prefetch
// CHECK-NOT: memref.prefetch
// The output: one channel of each of three rows at once, then the NaN check.
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-6: math.fma
// CHECK: arith.cmpf uno
// CHECK: vector.reduction <or>
// CHECK-NOT: math.exp
// CHECK: return

// Without fused multiply-add the same loops multiply and add.
// BASE-LABEL: func.func private @"k__x86-64__p0"(
// BASE-NOT: fma
// BASE-NOT: vector<8xf32>
// BASE: vector<4xf32>
// BASE: attn.entry
func.func @k(%q: tensor<?x?x?x5xf32>, %k: tensor<?x?x?x5xf32>,
             %v: tensor<?x?x?x3xf32>) -> tensor<?x?x?x3xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right)
      : tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>
  %o = attn.for_tiles query(%q) key(%k) value(%v) positions(%pq, %pk)
      schedule(<queryVectors = 1, keyRows = 2, valueRows = 3, keyBlock = 16,
                keyLeaf = 8>) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 5, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<5>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    %s = attn.for_keys %i, %z visible {
    ^bb0(%b: i32, %h: i32, %qi: i32, %kj: i32, %p: i32, %n: i32):
      %seen = arith.cmpi sle, %n, %p : i32
      attn.yield %seen : i1
    } {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      %kf = attn.load_keys %j : !attn.features<5>
      %x = attn.contract %e, %kf : !attn.features<5>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<3>
      %n = attn.accumulate %a, %w, %j : !attn.state<3>
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    attn.finalize %s : !attn.state<3>
  } : (tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>, tensor<?x?x?x3xf32>,
       tensor<?x?xi32>, tensor<?x?xi32>) -> tensor<?x?x?x3xf32>
  return %o : tensor<?x?x?x3xf32>
}
