// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// CHECK-LABEL: @streaming(
// CHECK-DAG: %[[SINK:.*]] = arith.cmpi slt, %{{.*}}, %c4_i32 : i32
// CHECK-DAG: %[[NEAR:.*]] = arith.cmpi slt, %{{.*}}, %c8_i32 : i32
// CHECK-DAG: %[[SOME:.*]] = arith.ori %[[SINK]], %[[NEAR]] : i1
// CHECK-DAG: %[[PAST:.*]] = arith.cmpi sle, %{{.*}}, %{{.*}} : i32
// CHECK: %[[V:.*]] = arith.andi %[[PAST]], %[[SOME]] : i1
// CHECK-NEXT: attn.yield %[[V]] : i1
func.func @streaming(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.streaming<sinks = 4, window = 8>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
