// How weights are made goes into the loop over keys, what joins their sum into
// its end; costly parts that one row decides become tables.
// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled | FileCheck %s

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: @sinks(
// CHECK: attn.for_tiles
// CHECK: attn.init_state(#attn.softmax)
// CHECK: attn.absorb %{{.*}}, %{{.*}} :
// CHECK: attn.finalize %{{.*}} extra {
// CHECK: attn.read %{{.*}} : tensor<?xf32>
func.func @sinks(%q: !rows, %k: !rows, %v: !rows, %z: tensor<?xf32>) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.normalize %s by (#attn.learned_sinks) with (%z : tensor<?xf32>) : !scores
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

// CHECK-LABEL: @own_scores(
// CHECK: attn.tabulate_rows keys(
// CHECK: math.log
// CHECK: attn.for_tiles
// CHECK: attn.init_state(#attn.pointwise<over_sum = true>)
// CHECK: attn.absorb %{{.*}}, %{{.*}} weight {
// CHECK-NOT: math.log
// CHECK: attn.gate %
// CHECK: attn.accumulate
func.func @own_scores(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?xf32>) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.weights %s (%x, %b, %h, %i, %j, %m, %n) {
    %r = attn.read %g[%b, %j] : tensor<?x?xf32>
    %l = math.log %r : f32
    %y = arith.mulf %x, %l : f32
    attn.yield %y : f32
  } over_sum : !scores
  %w = attn.scale_weights %p (%b, %h, %i, %j, %m, %n) {
    %r = attn.read %g[%b, %j] : tensor<?x?xf32>
    attn.yield %r : f32
  } : !scores
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

// Costly parts of a share that one row decides are tables too.
// CHECK-LABEL: @ordered(
// CHECK: attn.tabulate_rows keys(
// CHECK: math.log
// CHECK: attn.for_tiles
// CHECK: attn.init_state(#attn.ordered)
// CHECK: attn.absorb %{{.*}}, %{{.*}} weight {
// CHECK-NOT: math.log
// CHECK: attn.yield %{{.*}}, %{{.*}} : f32, f32
// CHECK: attn.accumulate
func.func @ordered(%q: !rows, %k: !rows, %v: !rows, %g: tensor<?x?xf32>) -> (!rows, tensor<?x?x?xf32>) {
  %s = attn.scores %q, %k : !rows, !rows
  %p, %left = attn.ordered_weights %s (%x, %b, %h, %i, %j, %m, %n) {
    %r = attn.read %g[%b, %j] : tensor<?x?xf32>
    %l = math.log %r : f32
    %y = arith.mulf %x, %l : f32
    attn.yield %y, %l : f32, f32
  } remainder : !scores
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o, %left : !rows, tensor<?x?x?xf32>
}

// A norm of rotated rows needs no rotated rows.
// CHECK-LABEL: @norm_of_rotation(
// CHECK-SAME: %[[Q:.*]]: tensor<?x?x?x8xf32>, %[[K:.*]]: tensor<?x?x?x8xf32>, %[[V:.*]]:
// CHECK-DAG: attn.row_reduce sum_of_squares %[[Q]]
// CHECK-DAG: attn.row_reduce sum_of_squares %[[K]]
// CHECK: attn.row_features(%[[K]])
// CHECK-NOT: attn.row_features
// CHECK: attn.for_tiles query(%[[Q]])
func.func @norm_of_rotation(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %m, %n = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %qr = attn.rotate %q at %m (#attn.rope<base = 1.0e4>) : !rows, !pos
  %kr = attn.rotate %k at %n (#attn.rope<base = 1.0e4>) : !rows, !pos
  %qn = attn.encode %qr (#attn.rms_norm) : !rows
  %kn = attn.encode %kr (#attn.rms_norm) : !rows
  %s = attn.scores %qn, %kn : !rows, !rows
  %p = attn.softmax %s at (%m, %n) visible(#attn.causal) : !scores, !pos, !pos
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

// A map of the output goes into the end of the loop; no kernel reads it again.
// CHECK-LABEL: @output(
// CHECK-NOT: attn.row_features
// CHECK: attn.for_tiles
// CHECK-SAME: captures(%arg3)
// CHECK: attn.finalize %{{.*}} output {
// CHECK: attn.read %arg3
// CHECK: arith.mulf
// CHECK-NOT: attn.row_features
// CHECK: return
func.func @output(%q: !rows, %k: !rows, %v: !rows, %g: !rows) -> !rows {
  %s = attn.scores %q, %k : !rows, !rows
  %p = attn.softmax %s : !scores
  %w = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %w, %g (%x, %y, %b, %h, %i, %n, %c) {
    %z = arith.mulf %x, %y : f32
    attn.yield %z : f32
  } : !rows, !rows
  return %o : !rows
}
