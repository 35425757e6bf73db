// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @first(
// CHECK: %[[A:.*]] = arith.cmpi slt, %{{.*}}, %c2_i32 : i32
// CHECK-NEXT: %[[B:.*]] = arith.cmpi slt, %{{.*}}, %c2_i32 : i32
// CHECK-NEXT: %[[V:.*]] = arith.ori %[[A]], %[[B]] : i1
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @first(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.global_tokens<first = 2>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: @flags(
// CHECK-SAME: %[[K:[a-z0-9]+]]: tensor<?x?xi1>, %[[Q:[a-z0-9]+]]: tensor<?x?xi1>)
// CHECK: %[[A:.*]] = attn.read %[[Q]][%{{.*}}, %{{.*}}] {matched} : tensor<?x?xi1>
// CHECK-NEXT: %[[B:.*]] = attn.read %[[K]][%{{.*}}, %{{.*}}] {matched} : tensor<?x?xi1>
// CHECK-NEXT: arith.ori %[[A]], %[[B]] : i1
func.func @flags(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?xi1>, %c1: tensor<?x?xi1>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.global_tokens<query = 1, key = 0>) captures(%c0, %c1 : tensor<?x?xi1>, tensor<?x?xi1>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
