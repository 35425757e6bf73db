// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// The rows of a padded batch: an index, so no positions are needed.
// CHECK-LABEL: @lengths(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<?xi32>)
// CHECK: attn.softmax %{{.*}} visible (%[[B:[a-z0-9]+]], %{{.*}}, %{{.*}}, %[[J:[a-z0-9]+]], %{{.*}}, %{{.*}}) {
// CHECK-NEXT: %[[L:.*]] = attn.read %[[T]][%[[B]]] {matched} : tensor<?xi32>
// CHECK-NEXT: %[[V:.*]] = arith.cmpi slt, %[[J]], %[[L]] : i32
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @lengths(%s: tensor<?x?x?x?xf32>, %other: tensor<?xi32>, %t: tensor<?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.lengths<capture = 1>) captures(%other, %t : tensor<?xi32>, tensor<?xi32>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
