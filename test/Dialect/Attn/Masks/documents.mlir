// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// Tokens of one document: an index, so no positions are needed.
// CHECK-LABEL: @documents(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<?x?xi32>, %[[K:[a-z0-9]+]]: tensor<?x?xi32>)
// CHECK: attn.softmax %{{.*}} visible (%[[B:[a-z0-9]+]], %{{.*}}, %[[I:[a-z0-9]+]], %[[J:[a-z0-9]+]], %{{.*}}, %{{.*}}) {
// CHECK-NEXT: %[[X:.*]] = attn.read %[[Q]][%[[B]], %[[I]]] {matched} : tensor<?x?xi32>
// CHECK-NEXT: %[[Y:.*]] = attn.read %[[K]][%[[B]], %[[J]]] {matched} : tensor<?x?xi32>
// CHECK-NEXT: %[[V:.*]] = arith.cmpi eq, %[[X]], %[[Y]] : i32
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @documents(%s: tensor<?x?x?x?xf32>, %q: tensor<?x?xi32>, %k: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.documents<query = 0, key = 1>) captures(%q, %k : tensor<?x?xi32>, tensor<?x?xi32>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
