// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>

// The share that is kept is linear in the frequency, between 0 and 1.
// CHECK-LABEL: @ntk_by_parts(
// CHECK: %[[W:.*]] = math.exp2
// CHECK-NEXT: %[[T:.*]] = arith.mulf %[[W]], %{{.*}} : f64
// CHECK-NEXT: %[[G:.*]] = arith.subf %[[T]], %{{.*}} : f64
// CHECK-NEXT: %[[LOW:.*]] = arith.maximumf %[[G]]
// CHECK-NEXT: arith.minimumf %[[LOW]]
func.func @ntk_by_parts(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.ntk_by_parts<factor = 16.0, trained = 4096>]>) : !rows, !pos
  return %r : !rows
}

// Which pairs the ramp spans is known: no logarithm is left.
// CHECK-LABEL: @yarn(
// CHECK-NOT: math.log2
// CHECK: attn.cos_sin
func.func @yarn(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.yarn<factor = 16.0, trained = 4096, slow = 2.0, truncate = false>]>) : !rows, !pos
  return %r : !rows
}

// CHECK-LABEL: @llama3(
// CHECK: arith.minimumf
// CHECK-LABEL: @llama3_step(
// CHECK: arith.cmpf olt
func.func @llama3(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 5.0e5, scaling = [#attn.llama3<factor = 8.0, trained = 8192>]>) : !rows, !pos
  return %r : !rows
}
func.func @llama3_step(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 5.0e5, scaling = [#attn.llama3<factor = 16.0, trained = 8192, high = 1.0>]>) : !rows, !pos
  return %r : !rows
}

// A length of at most 100 takes the short list.
// CHECK-LABEL: @long_rope(
// CHECK-DAG: %[[NEXT:.*]] = arith.constant 101 : i32
// CHECK: %[[L:.*]] = attn.read %{{.*}}[] : tensor<i32>
// CHECK: %[[SHORT:.*]] = arith.cmpi slt, %[[L]], %[[NEXT]] : i32
// CHECK: arith.select %[[SHORT]]
func.func @long_rope(%x: !rows, %m: !pos, %n: tensor<i32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.long_rope<short_factors = [1.0, 1.0, 1.0, 1.5], long_factors = [1.0, 2.0, 3.0, 64.0], trained = 100>]>) length(%n : tensor<i32>) : !rows, !pos
  return %r : !rows
}

// CHECK-LABEL: @p_rope(
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2 : i32
// CHECK: %[[FAST:.*]] = arith.cmpi slt, %{{.*}}, %[[TWO]] : i32
// CHECK: arith.select %[[FAST]]
func.func @p_rope(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.p_rope<fraction = 0.5>]>) : !rows, !pos
  return %r : !rows
}

// Magnitudes multiply: 1.5 * 2.
// CHECK-LABEL: @magnitude(
// CHECK: %[[THREE:.*]] = arith.constant 3.000000e+00 : f32
// CHECK: %[[C:[a-z]+]], %[[S:[a-z]+]] = attn.cos_sin
// CHECK: arith.mulf %[[C]], %[[THREE]] : f32
// CHECK: arith.mulf %[[S]], %[[THREE]] : f32
func.func @magnitude(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.magnitude<1.5>, #attn.magnitude<2.0>]>) : !rows, !pos
  return %r : !rows
}

// CHECK-LABEL: @xpos(
// CHECK: math.log2 %{{.*}} : f64
// CHECK: %[[D:.*]] = math.exp2 %{{.*}} : f64
// CHECK: arith.truncf %[[D]] : f64 to f32
func.func @xpos(%x: !rows, %m: !pos) -> !rows {
  %r = attn.rotate %x at %m (#attn.rope<base = 1.0e4, scaling = [#attn.xpos<side = key, scale_base = 64.0, gamma = 0.5, center = -3>]>) : !rows, !pos
  return %r : !rows
}

// A phase has the magnitudes in its tables.
// CHECK-LABEL: @phase(
// CHECK: attn.row_map
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f32
func.func @phase(%x: !rows, %m: !pos) -> !rows {
  %c, %s = attn.phase %m channels(8) (#attn.rope<base = 1.0e4, scaling = [#attn.magnitude<1.5>]>) : !pos
  %r = attn.rotate %x by (%c, %s) layout(half) : !rows, tensor<?x?x4xf32>
  return %r : !rows
}
