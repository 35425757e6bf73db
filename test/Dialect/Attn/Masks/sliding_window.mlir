// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @window(
// CHECK-DAG: %[[BACK:.*]] = arith.constant 511 : i32
// CHECK-DAG: %[[AHEAD:.*]] = arith.constant -2 : i32
// CHECK: visible (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[M:[a-z0-9]+]], %[[N:[a-z0-9]+]]) {
// CHECK-NEXT: %[[D:.*]] = arith.subi %[[M]], %[[N]] : i32
// CHECK-NEXT: %[[A:.*]] = arith.cmpi sle, %[[D]], %[[BACK]] : i32
// CHECK-NEXT: %[[B:.*]] = arith.cmpi sge, %[[D]], %[[AHEAD]] : i32
// CHECK-NEXT: %[[V:.*]] = arith.andi %[[A]], %[[B]] : i1
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @window(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.sliding_window<back = 511, ahead = 2>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
