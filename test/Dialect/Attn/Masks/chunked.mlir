// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// Quotients round down, on the negative side too.
// CHECK-LABEL: @chunked(
// CHECK: attn.softmax %{{.*}} at(%{{.*}}, %{{.*}}) visible (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[M:[a-z0-9]+]], %[[N:[a-z0-9]+]]) {
// CHECK: %[[Q:.*]] = arith.divsi %[[M]], %{{.*}} : i32
// CHECK-NEXT: %[[R:.*]] = arith.remsi %[[M]], %{{.*}} : i32
// CHECK-NEXT: %[[B:.*]] = arith.cmpi slt, %[[R]], %{{.*}} : i32
// CHECK-NEXT: %[[L:.*]] = arith.subi %[[Q]], %{{.*}} : i32
// CHECK-NEXT: %[[X:.*]] = arith.select %[[B]], %[[L]], %[[Q]] : i32
// CHECK: arith.divsi %[[N]]
// CHECK: %[[Y:.*]] = arith.select
// CHECK-NEXT: %[[V:.*]] = arith.cmpi eq, %[[X]], %[[Y]] : i32
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @chunked(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.chunked<size = 8192>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: @near_chunks(
// CHECK: arith.select
// CHECK: arith.select
// CHECK-NEXT: %[[D:.*]] = arith.subi %{{.*}}, %{{.*}} : i32
// CHECK-NEXT: arith.cmpi sle, %[[D]], %c1_i32 : i32
// CHECK-NEXT: arith.cmpi sge, %[[D]], %c-2_i32 : i32
func.func @near_chunks(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.chunked<size = 64, back = 1, ahead = 2>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
