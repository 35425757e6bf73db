// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s
// The output map has no phase of its own: tiles, few queries, their merge. A
// read of a row of gates is one load where its elements lie side by side, and
// its extents are those of the output.

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>

// CHECK-LABEL: func.func private @"k__x86-64-v3__p0"(
// CHECK: scf.if
// CHECK: vector.load {{.*}} : memref<?x?x?x?xf32, strided<[?, ?, ?, 1], offset: ?>>, vector<8xf32>
// CHECK: math.absf {{.*}} : vector<8xf32>
// The few queries leave sums; what merges them maps.
// CHECK-LABEL: func.func private @"k__x86-64-v3__p1"(
// CHECK-NOT: math.absf
// CHECK-LABEL: func.func private @"k__x86-64-v3__p2"(
// CHECK: vector.load {{.*}} : memref<?x?x?x?xf32, strided<[?, ?, ?, 1], offset: ?>>, vector<8xf32>
// CHECK: math.absf {{.*}} : vector<8xf32>
// CHECK-NOT: @"k__x86-64-v3__p3
// CHECK: attn.entry @k
// CHECK-SAME: name = "gate", type = f32, shape = ["B", "H", "M", 8]>
// CHECK-SAME: variants = [#attn.variant<isa = "x86-64-v3", phases = 3>
func.func @k(%q: !rows, %k: !rows, %v: !rows, %g: !rows {attn.name = "gate"}) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %a = attn.softmax %s : !scores
  %w = attn.weighted_sum %a, %v : !scores, !rows
  %o = attn.row_map %w, %g (%x, %y, %b, %h, %i, %n, %c) {
    %p = arith.mulf %x, %y : f32
    %z = math.absf %p : f32
    attn.yield %z : f32
  } : !rows, !rows
  return %o : !rows
}
