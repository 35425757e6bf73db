// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s
// The entry: equal extents share a symbol, head counts are related, positions
// are marked, one variant for each instruction set.

// CHECK: func.func private @"k__x86-64-v3__p0_tasks"
// CHECK-SAME: memref<?x?x?x?xf32, strided<[?, ?, ?, ?], offset: ?>>
// CHECK-SAME: memref<?xi8>, %{{[^ ]+}}: i64) -> i64 attributes {attn.isa = "x86-64-v3"}
// CHECK: func.func private @"k__x86-64-v3__p0"({{.*}}i64, {{.*}}i64, {{.*}}i64) attributes {attn.isa = "x86-64-v3"}
// CHECK: func.func private @"k__x86-64-v3__workspace"
// CHECK: func.func private @"k__x86-64__p0_tasks"
// CHECK: func.func private @"k__x86-64__p0"
// CHECK: func.func private @"k__x86-64__workspace"
// CHECK: attn.entry @k
// CHECK-SAME: name = "q", type = f32, shape = ["B", "H", "M", 4]>
// CHECK-SAME: name = "in1", type = f32, shape = ["B", "G", "N", 4]>
// CHECK-SAME: name = "in2", type = f32, shape = ["B", "Gv", "N", 3]>
// CHECK-SAME: name = "in3", type = i32, shape = ["B", "M"], position = true>
// CHECK-SAME: name = "in4", type = i32, shape = ["B", "N"], position = true>
// CHECK-SAME: outputs = [#attn.argument<name = "out0", type = f32, shape = ["B", "H", "M", 3]>]
// CHECK-SAME: relations = [#attn.relation<kind = multiple_of, left = "H", right = "G">, #attn.relation<kind = multiple_of, left = "H", right = "Gv">]
// CHECK-SAME: variants = [#attn.variant<isa = "x86-64-v3", phases = 3>, #attn.variant<isa = "x86-64", phases = 3>]
func.func @k(%q: tensor<?x?x?x4xf32> {attn.name = "q"},
             %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x3xf32>,
             %pq: tensor<?x?xi32>, %pk: tensor<?x?xi32>)
    -> tensor<?x?x?x3xf32> {
  %o = attn.for_tiles query(%q) key(%k) value(%v) positions(%pq, %pk) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 4, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    %s = attn.for_keys %i, %z {
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
       tensor<?x?xi32>, tensor<?x?xi32>) -> tensor<?x?x?x3xf32>
  return %o : tensor<?x?x?x3xf32>
}
