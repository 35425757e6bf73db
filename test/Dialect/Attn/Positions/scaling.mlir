// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: @linear(
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4.000000e+00 : f64
// CHECK: %[[W:.*]] = math.exp2
// CHECK-NEXT: %[[SLOW:.*]] = arith.divf %[[W]], %[[FOUR]] : f64
// CHECK-NEXT: attn.cos_sin %{{.*}}, %[[SLOW]]
func.func @linear(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.linear<factor = 4.0>]>) : !rows, !pos
  return %r : !rows
}

// log2(1e4 * 8^(8/6)) * -2/8 = -4.3219...
// CHECK-LABEL: @ntk(
// CHECK: arith.constant -4.321928{{.*}} : f64
func.func @ntk(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.ntk<alpha = 8.0>]>) : !rows, !pos
  return %r : !rows
}

// The bracket 4 L / 512 - 3 is at least 1.
// CHECK-LABEL: @dynamic_ntk(
// CHECK-SAME: %[[N:[a-z0-9]+]]: tensor<i32>)
// CHECK: %[[L:.*]] = attn.read %[[N]][] : tensor<i32>
// CHECK: %[[F:.*]] = arith.sitofp %[[L]] : i32 to f64
// CHECK: %[[G:.*]] = arith.mulf %[[F]], %{{.*}} : f64
// CHECK: %[[B:.*]] = arith.subf %[[G]], %{{.*}} : f64
// CHECK: arith.maximumf %[[B]], %{{.*}} : f64
func.func @dynamic_ntk(%x: !rows, %m: !pos, %n: tensor<i32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.dynamic_ntk<factor = 4.0, trained = 512>]>) length(%n : tensor<i32>) : !rows, !pos
  return %r : !rows
}
