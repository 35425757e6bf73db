// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: @sinusoidal(
// CHECK: attn.row_map %{{.*}} at %{{.*}} pairs layout(interleaved)
// CHECK: %[[C:[a-z]+]], %[[S:[a-z]+]] = attn.cos_sin
// CHECK: arith.addf %{{.*}}, %[[S]]
// CHECK: arith.addf %{{.*}}, %[[C]]
func.func @sinusoidal(%x: !rows, %m: !pos) -> !rows {
  %r = attn.encode %x at %m (#attn.sinusoidal<scale = 2.0>) : !rows, !pos
  return %r : !rows
}

// CHECK-LABEL: @learned(
// CHECK: attn.read %{{.*}}[%{{.*}}, %{{.*}}] {matched} : tensor<?x8xbf16>
func.func @learned(%x: !rows, %m: !pos, %t: tensor<?x8xbf16>) -> !rows {
  %r = attn.encode %x at %m (#attn.learned<offset = 2>) captures(%t : tensor<?x8xbf16>) : !rows, !pos
  return %r : !rows
}

// CHECK-LABEL: @selective(
// CHECK: %[[A:.*]] = attn.read
// CHECK: math.cos %[[A]]
// CHECK: math.sin %[[A]]
func.func @selective(%x: !rows, %a: tensor<?x?x?x4xf32>) -> !rows {
  %r = attn.encode %x (#attn.selective_rope<layout = interleaved>) captures(%a : tensor<?x?x?x4xf32>) : !rows
  return %r : !rows
}

// CHECK-LABEL: @temperatures(
// CHECK: math.log
// CHECK: arith.divsi
func.func @temperatures(%x: !rows, %m: !pos) -> !rows {
  %y = attn.encode %x at %m (#attn.log_n<trained = 512>) : !rows, !pos
  %r = attn.encode %y at %m (#attn.step_temperature<step = 100, shift = 0>) : !rows, !pos
  return %r : !rows
}

// Eight channels become sixteen: no other op changes.
// CHECK-LABEL: @pope(
// CHECK: attn.row_map %{{.*}} at %{{.*}} layout(half)
// CHECK: math.log1p
// CHECK: attn.scores %{{.*}}, %{{.*}} : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>
func.func @pope(%x: !rows, %y: !rows, %m: !pos, %d: tensor<?x8xf32>) -> tensor<?x?x?x?xf32> {
  %q = attn.encode %x at %m (#attn.pope) : !rows, !pos
  %k = attn.encode %y at %m (#attn.pope<phase = true>) captures(%d : tensor<?x8xf32>) : !rows, !pos
  %s = attn.scores %q, %k : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>
  return %s : tensor<?x?x?x?xf32>
}
