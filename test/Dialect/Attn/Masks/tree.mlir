// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @bits(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<?x?x2xi32>)
// CHECK: %[[N:.*]] = attn.extent keys
// CHECK-NEXT: %[[M:.*]] = attn.extent queries
// CHECK-NEXT: %[[BEFORE:.*]] = arith.subi %[[N]], %[[M]] : i32
// CHECK-NEXT: %[[NODE:.*]] = arith.subi %{{.*}}, %[[BEFORE]] : i32
// CHECK: %[[WORD:.*]] = arith.divsi %[[NODE]], %c32_i32 : i32
// CHECK: %[[BITS:.*]] = attn.read %[[T]][%{{.*}}, %{{.*}}, %[[WORD]]]
// CHECK: arith.shrui %[[BITS]], %{{.*}} : i32
func.func @bits(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?x2xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.tree<bits = 0>) captures(%c0 : tensor<?x?x2xi32>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: @ends(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor<?x?xi32>)
// CHECK: visible (%{{.*}}, %{{.*}}, %[[I:[a-z0-9]+]], %[[J:[a-z0-9]+]], %{{.*}}, %{{.*}}) {
// CHECK: %[[NODE:.*]] = arith.subi %[[J]], %{{.*}} : i32
// CHECK: %[[END:.*]] = attn.read %[[T]][%{{.*}}, %[[NODE]]]
// CHECK: arith.cmpi sle, %[[NODE]], %[[I]] : i32
// CHECK: arith.cmpi slt, %[[I]], %[[END]] : i32
func.func @ends(%s: tensor<?x?x?x?xf32>, %c0: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s visible(#attn.tree<ends = 0>) captures(%c0 : tensor<?x?xi32>) : tensor<?x?x?x?xf32>
  return %p : tensor<?x?x?x?xf32>
}
