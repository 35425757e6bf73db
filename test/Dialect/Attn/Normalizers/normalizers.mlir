// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>
!lse = tensor<?x?x?xf32>

// CHECK-LABEL: @sink(
// CHECK: %[[Z:.*]] = arith.constant 1.500000e+00 : f32
// CHECK: attn.softmax %{{.*}} visible (
// CHECK: extra (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {
// CHECK: attn.yield %[[Z]] : f32
// CHECK: } lse
func.func @sink(%s: !scores, %m: !pos, %n: !pos) -> (!scores, !lse) {
  %p, %l = attn.normalize %s at (%m, %n) by (#attn.sink<logit = 1.5>) visible(#attn.causal) lse : !scores, !pos, !pos
  return %p, %l : !scores, !lse
}

// CHECK-LABEL: @learned_sinks(
// CHECK: attn.softmax
// CHECK-SAME: extra (%{{[^,]*}}, %[[H:[^,]*]], %{{.*}}) {
// CHECK: %[[A:.*]] = attn.read %{{.*}}[%[[H]], %{{.*}}]{{.*}} : tensor<?x2xf32>
// CHECK: %[[B:.*]] = attn.read %{{.*}}[%[[H]], %{{.*}}]{{.*}} : tensor<?x2xf32>
// CHECK: attn.yield %[[A]], %[[B]]
func.func @learned_sinks(%s: !scores, %z: tensor<?x2xf32>) -> !scores {
  %p = attn.normalize %s by (#attn.learned_sinks) with (%z : tensor<?x2xf32>) : !scores
  return %p : !scores
}

// CHECK-LABEL: @sigmoid(
// CHECK: attn.weights %{{.*}} (
// CHECK: attn.extent keys
// CHECK: math.exp
// CHECK: arith.divf
// CHECK-NOT: over_sum
// CHECK: return
func.func @sigmoid(%s: !scores) -> !scores {
  %p = attn.normalize %s by (#attn.sigmoid<per_key = true>) : !scores
  return %p : !scores
}

// CHECK-LABEL: @relu(
// CHECK: %[[P:.*]] = arith.maximumf
// CHECK: arith.mulf %[[P]], %[[P]]
// CHECK: visible (
// CHECK: over_sum
func.func @relu(%s: !scores, %m: !pos, %n: !pos) -> !scores {
  %p = attn.normalize %s at (%m, %n) by (#attn.relu<power = 2.0, over_sum = true>) visible(#attn.causal) : !scores, !pos, !pos
  return %p : !scores
}

// CHECK-LABEL: @stick_breaking(
// CHECK: attn.ordered_weights %{{.*}} (%[[S:[^,]*]], %{{.*}}) {
// CHECK: %[[N:.*]] = arith.subf %{{.*}}, %[[S]]
// CHECK: %[[E:.*]] = math.exp
// CHECK: %[[TAKE:.*]] = arith.divf
// CHECK: %[[KEEP:.*]] = arith.mulf %[[E]], %[[TAKE]]
// CHECK: attn.yield %[[TAKE]], %[[KEEP]] : f32, f32
// CHECK: } visible (
// CHECK: } remainder
func.func @stick_breaking(%s: !scores, %m: !pos, %n: !pos) -> (!scores, !lse) {
  %p, %r = attn.normalize %s at (%m, %n) by (#attn.stick_breaking) visible(#attn.causal) remainder : !scores, !pos, !pos
  return %p, %r : !scores, !lse
}

// CHECK-LABEL: @ordered_weights(
// CHECK-NOT: remainder
// CHECK: return
func.func @ordered_weights(%s: !scores, %mask: tensor<?x?x?x?xi1>) -> !scores {
  %p = attn.ordered_weights %s (%x, %b, %h, %i, %j, %q, %k) {
    attn.yield %x, %x : f32, f32
  } visible(#attn.dense_mask<capture = 0>) captures(%mask : tensor<?x?x?x?xi1>) : !scores
  return %p : !scores
}

// CHECK-LABEL: @dropout(
// CHECK: attn.scale_weights
// CHECK: arith.shrui
// CHECK: arith.select
func.func @dropout(%s: !scores, %seed: tensor<i32>, %d: tensor<f32>) -> !scores {
  %p = attn.softmax %s : !scores
  %q = attn.dropout %p seed(%seed : tensor<i32>) probability(%d : tensor<f32>) : !scores
  return %q : !scores
}

// CHECK-LABEL: @weights(
func.func @weights(%s: !scores, %m: !pos, %n: !pos) -> !scores {
  %p = attn.weights %s at (%m, %n) (%x, %b, %h, %i, %j, %q, %k) {
    attn.yield %x : f32
  } visible (%b, %h, %i, %j, %q, %k) {
    %v = arith.cmpi sle, %k, %q : i32
    attn.yield %v : i1
  } over_sum : !scores, !pos, !pos
  return %p : !scores
}

// Masks are simplified wherever they stand.
// CHECK-LABEL: @simplified(
// CHECK-NOT: arith.xori
// CHECK: return
func.func @simplified(%s: !scores, %m: !pos, %n: !pos) -> !scores {
  %p = attn.normalize %s at (%m, %n) by (#attn.sigmoid) visible(#attn.not<#attn.not<#attn.causal>>) : !scores, !pos, !pos
  return %p : !scores
}
