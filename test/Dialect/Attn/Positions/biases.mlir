// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

// Buckets count thresholds: no logarithm.
// CHECK-LABEL: @t5(
// CHECK-NOT: math.log
// CHECK: attn.read %{{.*}}[%{{.*}}, %{{.*}}] {matched} : tensor<32x?xf16>
func.func @t5(%s: !scores, %m: !pos, %n: !pos, %t: tensor<32x?xf16>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.t5) captures(%t : tensor<32x?xf16>) : !scores, !pos, !pos
  return %r : !scores
}

// CHECK-LABEL: @kerple_log(
// CHECK: math.log1p
func.func @kerple_log(%s: !scores, %m: !pos, %n: !pos, %p: tensor<?xf32>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.kerple_log) captures(%p, %p : tensor<?xf32>, tensor<?xf32>) : !scores, !pos, !pos
  return %r : !scores
}

// CHECK-LABEL: @kerple_power(
// CHECK: math.powf
// CHECK: arith.select
func.func @kerple_power(%s: !scores, %m: !pos, %n: !pos, %p: tensor<?xf32>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.kerple_power) captures(%p, %p : tensor<?xf32>, tensor<?xf32>) : !scores, !pos, !pos
  return %r : !scores
}

// Two frequencies: 1 and 1/100.
// CHECK-LABEL: @sandwich(
// CHECK-COUNT-2: attn.cos_sin
// CHECK-NOT: attn.cos_sin
func.func @sandwich(%s: !scores, %m: !pos, %n: !pos) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.sandwich<dim = 4>) : !scores, !pos, !pos
  return %r : !scores
}

// CHECK-LABEL: @fire(
// CHECK-COUNT-2: math.log1p
// CHECK-COUNT-3: arith.maximumf
func.func @fire(%s: !scores, %m: !pos, %n: !pos, %u: tensor<3xf32>, %w: tensor<?x3xf32>, %b: tensor<?xf32>, %c: tensor<f32>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.fire<width = 3>) captures(%u, %u, %w, %b, %c, %c : tensor<3xf32>, tensor<3xf32>, tensor<?x3xf32>, tensor<?xf32>, tensor<f32>, tensor<f32>) : !scores, !pos, !pos
  return %r : !scores
}

// No position is read.
// CHECK-LABEL: @fox(
// CHECK: attn.score_map %{{[a-z0-9]+}} (%{{[a-z0-9]+}}, %[[B:[a-z0-9]+]], %[[H:[a-z0-9]+]], %[[I:[a-z0-9]+]], %[[J:[a-z0-9]+]],
// CHECK: attn.read %{{.*}}[%[[B]], %[[H]], %[[I]]]
// CHECK: attn.read %{{.*}}[%[[B]], %[[H]], %[[J]]]
func.func @fox(%s: !scores, %f: tensor<?x?x?xf32>, %g: tensor<?x?x?xf32>) -> !scores {
  %r = attn.bias %s (#attn.fox) captures(%f, %g : tensor<?x?x?xf32>, tensor<?x?x?xf32>) : !scores
  return %r : !scores
}
