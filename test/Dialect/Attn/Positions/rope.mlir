// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>

// w_k = 10000^(-2 k / 8) = 2^(k * -3.3219...)
// CHECK-LABEL: @half(
// CHECK: %[[SLOPE:.*]] = arith.constant -3.321928{{.*}} : f64
// CHECK: attn.row_map %{{.*}} at %{{.*}} pairs layout(half) (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[P:[a-z0-9]+]], %[[K:[a-z0-9]+]]) {
// CHECK-NEXT: %[[I:.*]] = arith.sitofp %[[K]] : i32 to f64
// CHECK-NEXT: %[[E:.*]] = arith.mulf %[[I]], %[[SLOPE]] : f64
// CHECK-NEXT: %[[W:.*]] = math.exp2 %[[E]] : f64
// CHECK-NEXT: attn.cos_sin %[[P]], %[[W]]
func.func @half(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4>) : !rows, !pos
  return %r : !rows
}

// The exponent counts rotated channels: 10000^(-2 k / 4).
// CHECK-LABEL: @interleaved_partial(
// CHECK: arith.constant -6.643856{{.*}} : f64
// CHECK: attn.slice %{{.*}} channels(0, 4)
// CHECK: attn.row_map {{.*}} pairs layout(interleaved)
func.func @interleaved_partial(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, layout = interleaved, rotary = 4>) : !rows, !pos
  return %r : !rows
}
