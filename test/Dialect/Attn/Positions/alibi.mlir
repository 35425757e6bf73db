// RUN: sextant-opt %s -split-input-file -attn-expand -verify-diagnostics | FileCheck %s
// RUN: sextant-opt %s -split-input-file -verify-diagnostics -verify-roundtrip

// The slope reads the head and the head count alone, so it is computed once a
// head whatever the head count is.
// CHECK-LABEL: @alibi(
// CHECK: attn.score_map %{{.*}} at(%{{.*}}, %{{.*}}) (%[[S:[a-z0-9]+]], %{{.*}}, %[[H:[a-z0-9]+]], %{{.*}}, %{{.*}}, %[[M:[a-z0-9]+]], %[[N:[a-z0-9]+]]) {
// CHECK: %[[HEADS:.*]] = attn.extent heads
// CHECK: %[[SOME:.*]] = arith.maxsi %[[HEADS]], %{{.*}} : i32
// CHECK: math.ctlz %[[SOME]] : i32
// CHECK: %[[SLOPE:.*]] = math.exp2
// CHECK: %[[DELTA:.*]] = arith.subi %[[M]], %[[N]] : i32
// CHECK: %[[DISTANCE:.*]] = math.absi %[[DELTA]] : i32
// CHECK: %[[D:.*]] = arith.sitofp %[[DISTANCE]] : i32 to f32
// CHECK: %[[P:.*]] = arith.mulf %[[SLOPE]], %[[D]] : f32
// CHECK: %[[B:.*]] = arith.negf %[[P]] : f32
// CHECK: arith.addf %[[S]], %[[B]] : f32
func.func @alibi(%s: tensor<?x?x?x?xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>) -> tensor<?x?x?x?xf32> {
  %t = attn.bias %s at (%m, %n) (#attn.alibi<max_exponent = 4.0>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  return %t : tensor<?x?x?x?xf32>
}
// -----
// alibi_c1
// expected-error @+1 {{'max_exponent' must be finite and > 0, got 0.000000e+00}}
func.func private @exponent() attributes {b = #attn.alibi<max_exponent = 0.0>}
