// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @axis_window(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<?x?xi32>)
// CHECK: visible (%[[B:[a-z0-9]+]], %{{.*}}, %[[I:[a-z0-9]+]], %[[J:[a-z0-9]+]], %{{.*}}, %{{.*}}) {
// CHECK-NEXT: %[[Q:.*]] = attn.read %[[T]][%[[B]], %[[I]]] {matched} : tensor<?x?xi32>
// CHECK-NEXT: %[[K:.*]] = attn.read %[[T]][%[[B]], %[[J]]] {matched} : tensor<?x?xi32>
// CHECK-NEXT: %[[D:.*]] = arith.subi %[[Q]], %[[K]] : i32
// CHECK-NEXT: arith.cmpi sle, %[[D]], %c3_i32 : i32
// CHECK-NEXT: arith.cmpi sge, %[[D]], %c-1_i32 : i32
func.func @axis_window(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.axis_window<query = 0, key = 0, back = 3, ahead = 1>) captures(%c0 : tensor<?x?xi32>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
