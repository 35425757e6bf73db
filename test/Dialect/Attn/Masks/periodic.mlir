// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @periodic(
// CHECK: %[[R:.*]] = arith.remsi %[[N:.*]], %{{.*}} : i32
// CHECK-NEXT: %[[B:.*]] = arith.cmpi slt, %[[R]], %{{.*}} : i32
// CHECK-NEXT: %[[U:.*]] = arith.addi %[[R]], %{{.*}} : i32
// CHECK-NEXT: %[[X:.*]] = arith.select %[[B]], %[[U]], %[[R]] : i32
// CHECK-NEXT: arith.cmpi sge, %[[X]], %{{.*}} : i32
// CHECK-NEXT: arith.cmpi slt, %[[X]], %{{.*}} : i32
// CHECK-NEXT: arith.andi
// CHECK-NEXT: attn.yield
func.func @periodic(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.periodic<period = 8, first = 6, count = 2>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
