// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @block_list(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<?x1x?x2xi32>)
// CHECK: visible (%[[B:[a-z0-9]+]], %[[H:[a-z0-9]+]], %[[I:[a-z0-9]+]], %[[J:[a-z0-9]+]], %{{.*}}, %{{.*}}) {
// CHECK-NEXT: %[[ROW:.*]] = arith.divsi %[[I]], %c16_i32 : i32
// CHECK-NEXT: %[[BLOCK:.*]] = arith.divsi %[[J]], %c16_i32 : i32
// CHECK-NEXT: %[[X:.*]] = attn.read %[[T]][%[[B]], %[[H]], %[[ROW]], %c0_i32]
// CHECK-NEXT: %[[A:.*]] = arith.cmpi eq, %[[X]], %[[BLOCK]] : i32
// CHECK-NEXT: %[[Y:.*]] = attn.read %[[T]][%[[B]], %[[H]], %[[ROW]], %c1_i32]
// CHECK-NEXT: %[[C:.*]] = arith.cmpi eq, %[[Y]], %[[BLOCK]] : i32
// CHECK-NEXT: arith.ori %[[A]], %[[C]] : i1
func.func @block_list(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x1x?x2xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.block_list<size = 16, capture = 0>) captures(%c0 : tensor<?x1x?x2xi32>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
