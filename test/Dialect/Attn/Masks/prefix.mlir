// RUN: sextant-opt %s -split-input-file -attn-expand -canonicalize -verify-diagnostics | FileCheck %s
// RUN: sextant-opt %s -split-input-file -verify-diagnostics | sextant-opt -split-input-file -o /dev/null

// CHECK-LABEL: @fixed(
// CHECK: %[[L:.*]] = arith.constant 128 : i32
// CHECK: visible (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[N:[a-z0-9]+]]) {
// CHECK-NEXT: %[[V:.*]] = arith.cmpi slt, %[[N]], %[[L]] : i32
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @fixed(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.prefix<length = 128>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: @per_batch(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<?xi32>)
// CHECK: visible (%[[B:[a-z0-9]+]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[N:[a-z0-9]+]]) {
// CHECK-NEXT: %[[L:.*]] = attn.read %[[T]][%[[B]]] {matched} : tensor<?xi32>
// CHECK-NEXT: arith.cmpi slt, %[[N]], %[[L]] : i32
func.func @per_batch(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %t: tensor<?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.prefix<capture = 0>) captures(%t : tensor<?xi32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
