// Maps of the output become a region of the fused op, or stay rows of their own.
// RUN: sextant-opt %s --attn-to-fused | FileCheck %s

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!numbers = tensor<?x?x?xf32>
!pos = tensor<?x?xi32>

// Two maps in a row, of which one reads a row of gates that is computed behind
// the sum: the fused op stands where the last of them stood.
// CHECK-LABEL: @chain(
// CHECK: %[[GATE:.*]] = attn.row_map %arg0
// CHECK: %[[O:.*]], %{{.*}} = attn.fused {{.*}}captures(%[[GATE]], %arg3 :
// CHECK: output {
// CHECK-NEXT: ^bb0(%[[X:[^:]*]]: f32, %[[B:[^:]*]]: i32, %[[H:[^:]*]]: i32, %[[I:[^:]*]]: i32, %{{[^:]*}}: i32, %[[C:[^:]*]]: i32):
// CHECK-NEXT: %[[G:.*]] = attn.read %[[GATE]][%[[B]], %[[H]], %[[I]], %[[C]]] {matched}
// CHECK-NEXT: %[[Y:.*]] = arith.mulf %[[X]], %[[G]]
// CHECK-NEXT: %[[T:.*]] = attn.read %arg3[%[[H]], %[[C]]]
// CHECK-NEXT: %[[Z:.*]] = arith.addf %[[Y]], %[[T]]
// CHECK-NEXT: attn.yield %[[Z]]
// CHECK-NOT: attn.row_map
// CHECK: return %[[O]]
func.func @chain(%q: !rows, %k: !rows, %v: !rows, %t: tensor<?x?xf32>) -> (!rows, !numbers) {
  %s = attn.scores %q, %k : !rows, !rows
  %p, %lse = attn.softmax %s lse : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %gate = attn.row_map %q (%x, %b, %h, %i, %n, %c) {
    %y = math.tanh %x : f32
    attn.yield %y : f32
  } : !rows
  %m = attn.row_map %w, %gate (%x, %g, %b, %h, %i, %n, %c) {
    %y = arith.mulf %x, %g : f32
    attn.yield %y : f32
  } : !rows, !rows
  %o = attn.row_map %m (%x, %b, %h, %i, %n, %c) {
    %a = attn.read %t[%h, %c] : tensor<?x?xf32>
    %y = arith.addf %x, %a : f32
    attn.yield %y : f32
  } : !rows
  return %o, %lse : !rows, !numbers
}

// The positions of the mask are those of the op, others are read. Elements are
// converted on the way.
// CHECK-LABEL: @positions(
// CHECK: attn.fused {{.*}} captures(%arg3 : tensor<?x?xi32>)
// CHECK: output {
// CHECK-NEXT: ^bb0(%[[X:[^:]*]]: f32, %[[B:[^:]*]]: i32, %{{[^:]*}}: i32, %[[I:[^:]*]]: i32, %[[P:[^:]*]]: i32, %{{[^:]*}}: i32):
// CHECK: arith.sitofp %[[P]]
// CHECK: %[[AT:.*]] = attn.read %arg3[%[[B]], %[[I]]]
// CHECK: arith.sitofp %[[AT]]
// CHECK: } : tensor<?x?x?x8xf16>
// CHECK-NOT: attn.convert
func.func @positions(%q: !rows, %k: !rows, %v: !rows, %at: !pos) -> tensor<?x?x?x8xf16> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : !scores, !pos, !pos
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %m = attn.row_map %w at %pq (%x, %b, %h, %i, %n, %c) {
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x, %f : f32
    attn.yield %y : f32
  } : !rows at !pos
  %u = attn.convert %m to f16 : !rows
  %o = attn.row_map %u at %at (%x, %b, %h, %i, %n, %c) {
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x, %f : f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xf16> at !pos
  return %o : tensor<?x?x?x8xf16>
}

// Not fused: the sum is returned too.
// CHECK-LABEL: @returned(
// CHECK-NOT: output {
// CHECK: attn.row_map
func.func @returned(%q: !rows, %k: !rows, %v: !rows) -> (!rows, !rows) {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %w (%x, %b, %h, %i, %n, %c) {
    %y = math.tanh %x : f32
    attn.yield %y : f32
  } : !rows
  return %o, %w : !rows, !rows
}

// Not fused: a norm reads the row twice, for it needs all of its channels.
// CHECK-LABEL: @norm(
// CHECK-NOT: output {
// CHECK: attn.row_reduce
// CHECK: attn.row_map
func.func @norm(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.encode %w (#attn.rms_norm<eps = 1.0e-5>) : !rows
  return %o : !rows
}

// Not fused: pairs of channels.
// CHECK-LABEL: @pairs(
// CHECK-NOT: output {
// CHECK: attn.row_map
func.func @pairs(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %w pairs layout(half) (%x, %y, %b, %h, %i, %n, %c) {
    %d = arith.subf %x, %y : f32
    attn.yield %d, %x : f32, f32
  } : !rows
  return %o : !rows
}

// Not fused: an extent is one of the rows, not of the attention.
// CHECK-LABEL: @extent(
// CHECK-NOT: output {
// CHECK: attn.row_map
func.func @extent(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %w (%x, %b, %h, %i, %n, %c) {
    %e = attn.extent keys
    %f = arith.sitofp %e : i32 to f32
    %y = arith.addf %x, %f : f32
    attn.yield %y : f32
  } : !rows
  return %o : !rows
}

// Not fused: the map reads a number that the same op computes.
// CHECK-LABEL: @by_lse(
// CHECK-NOT: output {
// CHECK: attn.row_map
func.func @by_lse(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p, %lse = attn.softmax %s lse : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %w (%x, %b, %h, %i, %n, %c) {
    %l = attn.read %lse[%b, %h, %i] : !numbers
    %y = arith.mulf %x, %l : f32
    attn.yield %y : f32
  } : !rows
  return %o : !rows
}

// The first of two sums of a difference has it; the second is a row it reads.
// CHECK-LABEL: @difference(
// CHECK: %[[SECOND:.*]] = attn.fused query(%arg1
// CHECK-NOT: output {
// CHECK: attn.fused query(%arg0 {{.*}} captures(%[[SECOND]] :
// CHECK: output {
// CHECK: arith.subf
// CHECK-NOT: attn.row_map
func.func @difference(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %s0 = attn.scores %q, %k : !rows, !rows
  %s1 = attn.scores %k, %k : !rows, !rows
  %p0 = attn.softmax %s0 : !scores
  %p1 = attn.softmax %s1 : !scores
  %w0 = attn.weighted_sum %p0, %v : !scores, !rows
  %w1 = attn.weighted_sum %p1, %v : !scores, !rows
  %o = attn.row_map %w0, %w1 (%x, %y, %b, %h, %i, %n, %c) {
    %z = arith.subf %x, %y : f32
    attn.yield %z : f32
  } : !rows, !rows
  return %o : !rows
}

// Not fused: the op has no positions, and those that are counted are in no
// tensor.
// CHECK-LABEL: @counted(
// CHECK-NOT: output {
// CHECK: attn.row_map
func.func @counted(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %w at %pq (%x, %b, %h, %i, %n, %c) {
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x, %f : f32
    attn.yield %y : f32
  } : !rows at !pos
  return %o : !rows
}
