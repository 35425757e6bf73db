// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// Every shorthand in general ops. How named masks and encodings expand stands
// in Masks/ and Positions/.

!rows = tensor<?x?x?x8xf32>
!half = tensor<?x?x?x4xf32>
!scores = tensor<?x?x?x?xf32>

// CHECK-LABEL: @coefficients(
// CHECK: attn.row_map %{{.*}} pairs layout(interleaved) (%[[A:[a-z0-9]+]], %[[B:[a-z0-9]+]],
// CHECK: %[[SUM:.*]] = arith.addf %[[A]], %[[B]] : f32
// CHECK: %[[MEAN:.*]] = arith.mulf %[[SUM]], %{{.*}} : f32
// CHECK: %[[TAU:.*]] = arith.maximumf %[[MEAN]], %{{.*}} : f32
// CHECK: attn.yield %[[TAU]] : f32
func.func @coefficients(%x: !rows) -> !half {
  %t = attn.collinear_coefficients %x layout(interleaved) : !rows
  return %t : !half
}

// CHECK-LABEL: @duplicate(
// CHECK: attn.row_map %{{.*}} layout(half) (%[[A:[a-z0-9]+]],
// CHECK-NEXT: attn.yield %[[A]], %[[A]] : f32, f32
func.func @duplicate(%x: !half) -> !rows {
  %t = attn.duplicate half %x : !half
  return %t : !rows
}

// CHECK-LABEL: @collinear_keys(
// CHECK: attn.pair_keys %{{.*}}, %{{.*}}(%[[A:[a-z0-9]+]], %[[B:[a-z0-9]+]]) {
// CHECK: %[[P:.*]] = arith.mulf %[[A]], %[[B]] : f32
// CHECK: attn.yield %[[P]] : f32
func.func @collinear_keys(%q: !rows, %t: !rows) -> tensor<?x?x?x?x8xf32> {
  %k = attn.collinear_keys %q, %t : !rows, !rows
  return %k : tensor<?x?x?x?x8xf32>
}

// CHECK-LABEL: @softcap(
// CHECK-DAG: %[[CAP:.*]] = arith.constant 5.000000e+01 : f32
// CHECK-DAG: %[[RECIPROCAL:.*]] = arith.constant 2.000000e-02 : f32
// CHECK: attn.score_map %{{.*}}(%[[S:[a-z0-9]+]],
// CHECK: %[[X:.*]] = arith.mulf %[[S]], %[[RECIPROCAL]] : f32
// CHECK: %[[T:.*]] = math.tanh %[[X]] : f32
// CHECK: %[[Y:.*]] = arith.mulf %[[T]], %[[CAP]] : f32
// CHECK: attn.yield %[[Y]] : f32
func.func @softcap(%s: !scores) -> !scores {
  %t = attn.softcap %s cap(50.0) : !scores
  return %t : !scores
}

// The channels past the rotary width pass through.
// CHECK-LABEL: @partial_rotation(
// CHECK-SAME: %[[X:.*]]: tensor<?x?x?x8xf32>,
// CHECK: %[[ROTARY:.*]] = attn.slice %[[X]] channels(0, 4)
// CHECK: %[[TURNED:.*]] = attn.row_map %[[ROTARY]] at %{{.*}} pairs layout(half) (%[[A:[a-z0-9]+]], %[[B:[a-z0-9]+]], %{{.*}}, %{{.*}}, %{{.*}}, %[[POS:[a-z0-9]+]], %[[PAIR:[a-z0-9]+]]) {
// CHECK: %[[C:.*]], %[[S:.*]] = attn.cos_sin %[[POS]], %
// CHECK: %[[AC:.*]] = arith.mulf %[[A]], %[[C]]
// CHECK: %[[BS:.*]] = arith.mulf %[[B]], %[[S]]
// CHECK: %[[FIRST:.*]] = arith.subf %[[AC]], %[[BS]]
// CHECK: %[[BC:.*]] = arith.mulf %[[B]], %[[C]]
// CHECK: %[[AS:.*]] = arith.mulf %[[A]], %[[S]]
// CHECK: %[[SECOND:.*]] = arith.addf %[[BC]], %[[AS]]
// CHECK: attn.yield %[[FIRST]], %[[SECOND]]
// CHECK: %[[REST:.*]] = attn.slice %[[X]] channels(4, 4)
// CHECK: attn.concat %[[TURNED]], %[[REST]]
func.func @partial_rotation(%x: !rows, %m: tensor<?x?xi32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, rotary = 4>) : !rows, tensor<?x?xi32>
  return %r : !rows
}

// A phase stays an angle: position times frequency, not a table.
// CHECK-LABEL: @rotation_by_phase(
// CHECK-SAME: %[[F:[a-z0-9]+]]: tensor<4xf32>)
// CHECK: attn.row_map
// CHECK: %[[W:.*]] = attn.read %[[F]]
// CHECK: %[[D:.*]] = arith.extf %[[W]] : f32 to f64
// CHECK: attn.cos_sin %{{.*}}, %[[D]]
func.func @rotation_by_phase(%x: !rows, %m: tensor<?x?xi32>, %f: tensor<4xf32>) -> !rows {
  %c, %s = attn.phase %m, %f : tensor<?x?xi32>, tensor<4xf32>
  %r = attn.rotate %x by (%c, %s) layout(half) : !rows, tensor<?x?x4xf32>
  return %r : !rows
}
