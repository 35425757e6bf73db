// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s

// The vectors of queries are dealt out whole: the last sub-tiles of a head are
// a vector narrower, with register tiles of their own.

// CHECK-LABEL: func.func private @"k__x86-64-v3__p0"(
// Scores: two vectors of queries times four keys, or three.
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-8: math.fma
// CHECK: } else {
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-12: math.fma
// CHECK: scf.yield
func.func @k(%q: tensor<?x?x?x5xf32>, %k: tensor<?x?x?x5xf32>,
             %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %o = attn.for_tiles query(%q) key(%k) value(%v) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 5, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<5>
    %z = attn.init_state(#attn.softmax) : !attn.state<4>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %kf = attn.load_keys %j : !attn.features<5>
      %x = attn.contract %e, %kf : !attn.features<5>
      %m = attn.mask %x
      %t, %w = attn.absorb %state, %m : !attn.state<4>
      %n = attn.accumulate %t, %w, %j : !attn.state<4>
      attn.next %n : !attn.state<4>
    } : !attn.state<4>
    attn.finalize %s : !attn.state<4>
  } : (tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>, tensor<?x?x?x4xf32>)
      -> tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
