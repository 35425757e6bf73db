// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>

// The position is read: batch, row, and the axis of the pair.
// CHECK-LABEL: @sections(
// CHECK: attn.row_map %{{[a-z0-9]+}} pairs layout(half) (%{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %[[B:[a-z0-9]+]], %{{[a-z0-9]+}}, %[[I:[a-z0-9]+]],
// CHECK: %[[AXIS:.*]] = arith.extui
// CHECK: %[[P:.*]] = attn.read %{{.*}}[%[[B]], %[[I]], %[[AXIS]]] : tensor<?x?x2xi32>
// CHECK: attn.cos_sin %[[P]]
func.func @sections(%x: !rows, %m: tensor<?x?x2xi32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [3, 1]>) : !rows, tensor<?x?x2xi32>
  return %r : !rows
}

// CHECK-LABEL: @interleaved(
// CHECK: arith.remsi
func.func @interleaved(%x: !rows, %m: tensor<?x?x3xi32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 1, 1], interleaved = true>) : !rows, tensor<?x?x3xi32>
  return %r : !rows
}

// Two spectra: 2 and 6 channels.
// CHECK-LABEL: @restart(
// CHECK-COUNT-2: math.exp2
func.func @restart(%x: !rows, %m: tensor<?x?x2xi32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [1, 3], restart = true>) : !rows, tensor<?x?x2xi32>
  return %r : !rows
}

// CHECK-LABEL: @phase(
// CHECK: attn.read %{{.*}} : tensor<?x?x2xi32>
func.func @phase(%x: !rows, %m: tensor<?x?x2xi32>) -> !rows {
  %c, %s = attn.phase %m channels(8) (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 2]>) : tensor<?x?x2xi32>
  %r = attn.rotate %x by (%c, %s) layout(half) : !rows, tensor<?x?x4xf32>
  return %r : !rows
}
