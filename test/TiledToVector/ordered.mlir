// Ordered weights: a row starts with all of it left, a run of keys is weighed from
// its last key to its first, and the sums shrink by what the run leaves.
// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s

// CHECK-LABEL: func.func private @"k__x86-64-v3__p0"(
// CHECK: %[[ONE:.*]] = arith.constant dense<1.000000e+00> : vector<8xf32>
// CHECK: vector.store %[[ONE]],
// The scores.
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>) {
// The tested rows come first. Rows past the keys take nothing and leave all.
// CHECK: %[[ALL:.*]] = arith.constant dense<1.000000e+00> : vector<8xf32>
// CHECK: %[[TESTED:.*]] = scf.for {{.*}} iter_args(%[[LEFT:.*]] = %[[ALL]]) -> (vector<8xf32>) {
// CHECK: %[[OWN:.*]] = arith.mulf %{{.*}}, %[[LEFT]]
// CHECK: %[[WEIGHT:.*]] = arith.select %[[SEEN:.*]], %[[OWN]], %{{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: %[[KEEP:.*]] = arith.select %[[SEEN]], %{{.*}}, %{{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: vector.store %[[WEIGHT]]
// CHECK: %[[NEXT:.*]] = arith.mulf %[[LEFT]], %[[KEEP]]
// CHECK: arith.mulf %{{.*}}, %[[NEXT]]
// CHECK: scf.yield
// CHECK: %[[LEAVES:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[TESTED]]) -> (vector<8xf32>) {
// CHECK-NOT: arith.select
// CHECK: scf.yield
// What the run leaves, and the row so far.
// CHECK: vector.store %[[LEAVES]], %[[TABLE:[a-z0-9_]+]][
// CHECK: %[[BEFORE:.*]] = vector.load
// CHECK: arith.mulf %[[BEFORE]], %[[LEAVES]]
// The output: sums times that, then the values.
// CHECK: %[[SUM:.*]] = vector.load
// CHECK: %[[SHRINK:.*]] = vector.load %[[TABLE]][
// CHECK: %[[FIRST:.*]] = arith.mulf %[[SUM]], %[[SHRINK]]
// CHECK: scf.yield %[[FIRST]],
// CHECK: scf.for
// CHECK-COUNT-6: math.fma
func.func @k(%q: tensor<?x?x?x5xf32>, %k: tensor<?x?x?x5xf32>,
             %v: tensor<?x?x?x3xf32>) -> (tensor<?x?x?x3xf32>, tensor<?x?x?xf32>) {
  %o, %r = attn.for_tiles query(%q) key(%k) value(%v)
      schedule(<queryVectors = 1, keyRows = 2, valueRows = 3, keyBlock = 16,
                keyLeaf = 8>) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 5, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<5>
    %z = attn.init_state(#attn.ordered) : !attn.state<3>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      %kf = attn.load_keys %j : !attn.features<5>
      %x = attn.contract %e, %kf : !attn.features<5>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m weight {
      ^bb0(%score: f32, %b: i32, %h: i32, %qi: i32, %kj: i32, %p: i32, %n: i32):
        %keep = arith.constant 0.75 : f32
        attn.yield %score, %keep : f32, f32
      } : !attn.state<3>
      %n = attn.accumulate %a, %w, %j : !attn.state<3>
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    attn.finalize %s : !attn.state<3>
  } : (tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>, tensor<?x?x?x3xf32>)
      -> (tensor<?x?x?x3xf32>, tensor<?x?x?xf32>)
  return %o, %r : tensor<?x?x?x3xf32>, tensor<?x?x?xf32>
}
