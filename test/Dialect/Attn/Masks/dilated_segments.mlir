// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// The kept offset follows from the head without a division by the heads.
// CHECK-LABEL: @dilated_segments(
// CHECK: %[[H:.*]] = attn.extent heads
// CHECK: %[[SHARE:.*]] = arith.muli %{{.*}}, %c2_i32 : i32
// CHECK: arith.muli %{{.*}}, %[[H]] : i32
// CHECK-NOT: divsi %{{.*}}, %[[H]]
// CHECK: attn.yield
func.func @dilated_segments(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %p = attn.softmax %s at (%m, %n) visible(#attn.dilated_segments<size = 8, step = 2>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %p : tensor<?x?x?x?xf32>
}
