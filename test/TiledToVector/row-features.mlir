// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 | FileCheck %s
// A row kernel: frequencies are a constant table, angles are computed before
// the loop over heads, which keeps the rows of a head together, and channels
// that do not follow each other in memory take the scalar way.

// pow(10000, -2 g / 32), a vector of padding behind.
// CHECK: memref.global "private" constant @{{.*}}data{{.*}} : memref<32xf64> = dense<[1.000000e+00, 0.56234132519034907, 0.31622776601683794,
// CHECK-LABEL: func.func private @"rows__x86-64-v3__p0"(
// CHECK-NOT: powf
// Some rows at a time: their angles, by vectors of channels, are kept.
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.load {{.*}} : memref<32xf64>, vector<8xf64>
// CHECK-COUNT-2: vector.store {{.*}} : memref<16x32xf32>, vector<8xf32>
// The heads follow, each with these rows.
// CHECK: memref.extract_strided_metadata
// CHECK: scf.if
// CHECK: scf.for
// CHECK: scf.for
// The row of the next head is asked for.
// CHECK: memref.prefetch
// CHECK: scf.for
// CHECK-NOT: f64
// CHECK-COUNT-2: vector.load {{.*}} : memref<16x32xf32>, vector<8xf32>
// CHECK: vector.load {{.*}}, vector<8xf32>
// CHECK-COUNT-2: vector.store
// CHECK: else
// CHECK-NOT: f64
// CHECK-NOT: vector.load {{.*}}, vector<8xf32>
// CHECK: memref.load
// CHECK: memref.store
// CHECK: return
func.func @rows(%t: tensor<?x?x?x16xf32>) -> tensor<?x?x?x32xf32> {
  %p0, %p1 = attn.positions %t, %t align(top_left)
      : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>
  %f = attn.row_features(%t) at %p1
      groups [#attn.row_group<count = 16, inputs = [<operand = 0, offset = 0>],
              outputs = [<operand = 0, offset = 0>, <operand = 0, offset = 16>]>] {
  ^bb0(%x: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    %base = arith.constant 1.0e4 : f64
    %step = arith.constant -0.0625 : f64
    %number = arith.sitofp %g : i32 to f64
    %exponent = arith.mulf %number, %step : f64
    %frequency = math.powf %base, %exponent : f64
    %c, %s = attn.cos_sin %n, %frequency
    %xc = arith.mulf %x, %c : f32
    %xs = arith.mulf %x, %s : f32
    attn.yield %xc, %xs : f32, f32
  } : (tensor<?x?x?x16xf32>, tensor<?x?xi32>) -> tensor<?x?x?x32xf32>
  return %f : tensor<?x?x?x32xf32>
}
