// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @dilated(
// CHECK: %[[D:.*]] = arith.subi %[[M:.*]], %[[N:.*]] : i32
// CHECK-NEXT: %[[R:.*]] = arith.remsi %[[D]], %{{.*}} : i32
// CHECK-NEXT: %[[V:.*]] = arith.cmpi eq, %[[R]], %{{.*}} : i32
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @dilated(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.dilated<step = 3>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
