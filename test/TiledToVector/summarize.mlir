// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s

// The phase: one task for each batch entry and 65536 elements.
// CHECK-LABEL: func.func private @"k__x86-64-v3__p0_tasks"(
// CHECK-DAG: arith.constant 65535 : index
// CHECK-DAG: arith.constant 65536 : index
// CHECK: return
// CHECK-LABEL: func.func private @"k__x86-64-v3__p0"(
// Leaves of eight elements, each loaded once.
// CHECK: scf.for
// CHECK-COUNT-8: memref.load
// CHECK-NOT: memref.load
// CHECK-COUNT-2: memref.store
// Then runs of twice as many, as long as two fit: two bounds of either half.
// CHECK: scf.while
// CHECK: scf.for
// CHECK-COUNT-4: memref.load
// CHECK-COUNT-2: memref.store

// CHECK-LABEL: func.func private @"k__x86-64-v3__p1"(
// The search for a leaf that some query sees: the bounds of the queries first,
// which no step changes, then those of the keys, run by run.
// CHECK: scf.while
// CHECK: scf.if
// CHECK: scf.while
// CHECK: memref.load {{.*}} : memref<?x?x2xi32>
// CHECK: memref.load {{.*}} : memref<?x?x2xi32>
// CHECK: scf.while
// CHECK: scf.if
// CHECK: scf.while
// CHECK: memref.load {{.*}} : memref<?x?x2xi32>
// The leaves of a block are read one by one: a leaf of 8 keys lies in at most
// two leaves of the summary.
// CHECK: scf.for
// CHECK: scf.if
// CHECK-COUNT-4: memref.load {{.*}} : memref<?x?x2xi32>
// CHECK: scf.yield
// CHECK: cmpi eq
func.func @k(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>,
             %v: tensor<?x?x?x3xf32>, %segments: tensor<?x?xi32>)
    -> tensor<?x?x?x3xf32> {
  %bounds = attn.summarize %segments : tensor<?x?xi32> -> tensor<?x?x2xi32>
  %o = attn.for_tiles query(%q) key(%k) value(%v) captures(%segments)
      summaries(%bounds)
      schedule(<queryVectors = 1, keyRows = 2, valueRows = 3, keyBlock = 16,
                keyLeaf = 8>) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 4, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    %s = attn.for_keys %i, %z visible {
    ^bb0(%b: i32, %h: i32, %qi: i32, %kj: i32, %p: i32, %n: i32):
      %x = attn.read %segments[%b, %qi] : tensor<?x?xi32>
      // A constant index is a single number, as the batch entry is.
      %first = arith.constant 0 : i32
      %y = attn.read %segments[%first, %kj] : tensor<?x?xi32>
      %seen = arith.cmpi eq, %x, %y : i32
      attn.yield %seen : i1
    } {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      %kf = attn.load_keys %j : !attn.features<4>
      %x = attn.contract %e, %kf : !attn.features<4>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<3>
      %n = attn.accumulate %a, %w, %j : !attn.state<3>
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    attn.finalize %s : !attn.state<3>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x3xf32>,
       tensor<?x?xi32>, tensor<?x?x2xi32>) -> tensor<?x?x?x3xf32>
  return %o : tensor<?x?x?x3xf32>
}
