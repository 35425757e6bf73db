// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

// A table of one head serves all; one of several gives the result its heads.
// CHECK-LABEL: @tables(
// CHECK: attn.project %{{.*}}, %{{.*}} : tensor<?x4x?x8xbf16>, tensor<1x5x8xf32>
// CHECK: attn.project %{{.*}}, %{{.*}} : tensor<?x4x?x8xbf16>, tensor<12x5x8xf16>
func.func @tables(%x: tensor<?x4x?x8xbf16>, %one: tensor<1x5x8xf32>, %all: tensor<12x5x8xf16>) -> (tensor<?x4x?x5xf32>, tensor<?x12x?x5xf32>) {
  %a = attn.project %x, %one : tensor<?x4x?x8xbf16>, tensor<1x5x8xf32>
  %b = attn.project %x, %all : tensor<?x4x?x8xbf16>, tensor<12x5x8xf16>
  return %a, %b : tensor<?x4x?x5xf32>, tensor<?x12x?x5xf32>
}

// CHECK-LABEL: @shaw(
// CHECK: %[[D:.*]] = arith.subi %[[N:.*]], %[[M:.*]] : i32
// CHECK: %[[A:.*]] = arith.maxsi %[[D]], %c-2_i32
// CHECK: %[[B:.*]] = arith.minsi %[[A]], %c2_i32
// CHECK: %[[R:.*]] = arith.addi %[[B]], %c2_i32
// CHECK: attn.read %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}, %[[R]]] {matched} : tensor<?x?x?x5xf32>
func.func @shaw(%s: !scores, %m: !pos, %n: !pos, %g: tensor<?x?x?x5xf32>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.shaw<clip = 2>) captures(%g : tensor<?x?x?x5xf32>) : !scores, !pos, !pos
  return %r : !scores
}

// CHECK-LABEL: @deberta(
// CHECK-NOT: math.log
// CHECK: arith.minsi %{{.*}}, %c3_i32
// CHECK: arith.minsi %{{.*}}, %c3_i32
func.func @deberta(%s: !scores, %m: !pos, %n: !pos, %g: tensor<?x?x?x8xf32>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.deberta<span = 4>) captures(%g, %g : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>) : !scores, !pos, !pos
  return %r : !scores
}

// Distances are limited before the logarithm.
// CHECK-LABEL: @logarithmic(
// CHECK: arith.maxsi %{{.*}}, %c-20_i32
// CHECK: arith.minsi %{{.*}}, %c19_i32
// CHECK: math.log2 %{{.*}} : f64
func.func @logarithmic(%s: !scores, %m: !pos, %n: !pos, %g: tensor<?x?x?x8xf32>) -> !scores {
  %r = attn.bias %s at (%m, %n) (#attn.deberta<span = 4, max_distance = 20, mirrored = false>) captures(%g, %g : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>) : !scores, !pos, !pos
  return %r : !scores
}

// CHECK-LABEL: @transformer_xl(
// CHECK: attn.project %{{.*}}, %{{.*}} : tensor<?x?x?x8xf32>, tensor<?x6x8xf32>
// CHECK: attn.concat %{{.*}} : tensor<?x?x?x8xf32>, tensor<?x?x?x6xf32>
// CHECK-NOT: attn.project
// CHECK: attn.concat %{{.*}} : tensor<?x?x?x8xf32>, tensor<?x?x?x6xf32>
func.func @transformer_xl(%q: !rows, %k: !rows, %m: !pos, %n: !pos, %u: tensor<?x8xf32>, %v: tensor<?x8xf32>, %w: tensor<?x6x8xf32>) -> !scores {
  %qe = attn.encode %q at %m (#attn.transformer_xl<side = query, features = 6>) captures(%u, %v, %w : tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x6x8xf32>) : !rows, !pos
  %ke = attn.encode %k at %n (#attn.transformer_xl<side = key, features = 6>) : !rows, !pos
  %s = attn.scores %qe, %ke : tensor<?x?x?x14xf32>, tensor<?x?x?x14xf32>
  return %s : !scores
}
