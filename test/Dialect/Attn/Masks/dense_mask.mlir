// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @dense_mask(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<1x?x?x?xi1>)
// CHECK: visible (%[[B:[a-z0-9]+]], %[[H:[a-z0-9]+]], %[[I:[a-z0-9]+]], %[[J:[a-z0-9]+]], %{{.*}}, %{{.*}}) {
// CHECK-NEXT: %[[V:.*]] = attn.read %[[T]][%[[B]], %[[H]], %[[I]], %[[J]]]
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @dense_mask(%s: tensor<?x?x?x?xf32>, %c0: tensor<1x?x?x?xi1>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.dense_mask<capture = 0>) captures(%c0 : tensor<1x?x?x?xi1>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
