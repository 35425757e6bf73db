// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// A window is a clamp of the query's coordinate.
// CHECK-LABEL: @neighborhood(
// CHECK: %[[ROW:.*]] = arith.divsi %[[M:.*]], %c8_i32 : i32
// CHECK: arith.minsi %[[ROW]], %{{.*}} : i32
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: %[[COLUMN:.*]] = arith.remsi
// CHECK: attn.yield
func.func @neighborhood(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.neighborhood<extents = [4, 8], kernel = [3, 5]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: @every_parameter(
// CHECK: attn.yield
func.func @every_parameter(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.neighborhood<extents = [4, 8], kernel = [3, 2], stride = [1, 2], dilation = [1, 2], causal = [1, 0]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
