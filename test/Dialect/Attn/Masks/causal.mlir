// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @causal(
// CHECK: attn.softmax %{{.*}} at(%{{.*}}, %{{.*}}) visible (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[M:[a-z0-9]+]], %[[N:[a-z0-9]+]]) {
// CHECK-NEXT: %[[V:.*]] = arith.cmpi sle, %[[N]], %[[M]] : i32
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @causal(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
