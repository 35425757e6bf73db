// RUN: sextant-opt %s -split-input-file -verify-diagnostics | sextant-opt -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @blocks
func.func @blocks(%memory: memref<64xi8>, %k: memref<?x64xbf16>, %q: memref<2x32x32xi32>,
                  %s: memref<128x32xf32>, %row: index, %pairs: index) {
  %c0 = arith.constant 0 : index
  // CHECK: attn.start_blocks %{{.*}} : memref<64xi8>
  attn.start_blocks %memory : memref<64xi8>
  // CHECK: attn.block_dot %{{.*}}[%{{.*}}, %{{.*}}], %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}], %{{.*}}[%{{.*}}, %{{.*}}] for %{{.*}} {accumulate, columns = 32 : i64, rows = 16 : i64}
  attn.block_dot %k[%row, %c0], %q[%c0, %c0, %c0], %s[%row, %c0] for %pairs
      {rows = 16 : i64, columns = 32 : i64, accumulate}
      : memref<?x64xbf16>, memref<2x32x32xi32>, memref<128x32xf32>
  // CHECK: attn.end_blocks
  attn.end_blocks
  return
}

// -----

func.func @rows(%k: memref<16x64xbf16>, %q: memref<32x32xi32>, %s: memref<16x32xf32>, %i: index) {
  // expected-error @below {{expected rows that are a multiple of 16 and at least one column, got 24 and 32}}
  attn.block_dot %k[%i, %i], %q[%i, %i], %s[%i, %i] for %i {rows = 24 : i64, columns = 32 : i64}
      : memref<16x64xbf16>, memref<32x32xi32>, memref<16x32xf32>
  return
}

// -----

func.func @pairs(%k: memref<16x64xbf16>, %q: memref<32x32xi32>, %s: memref<16x32xf32>, %i: index) {
  %pairs = arith.constant 20 : index
  // expected-error @below {{expected pairs that are a multiple of 16, got 20}}
  attn.block_dot %k[%i, %i], %q[%i, %i], %s[%i, %i] for %pairs {rows = 16 : i64, columns = 32 : i64}
      : memref<16x64xbf16>, memref<32x32xi32>, memref<16x32xf32>
  return
}

// -----

func.func @rank(%k: memref<16x64xbf16>, %q: memref<32xi32>, %s: memref<16x32xf32>, %i: index) {
  // expected-error @below {{expected right of rank 2 at least and an index for each dimension, got rank 1 and 1 indices}}
  attn.block_dot %k[%i, %i], %q[%i], %s[%i, %i] for %i {rows = 16 : i64, columns = 32 : i64}
      : memref<16x64xbf16>, memref<32xi32>, memref<16x32xf32>
  return
}

// -----

func.func @stride(%k: memref<16x64xbf16, strided<[64, 2]>>, %q: memref<32x32xi32>, %s: memref<16x32xf32>, %i: index) {
  // expected-error @below {{expected a last stride of 1 of left, got 'memref<16x64xbf16, strided<[64, 2]>>'}}
  attn.block_dot %k[%i, %i], %q[%i, %i], %s[%i, %i] for %i {rows = 16 : i64, columns = 32 : i64}
      : memref<16x64xbf16, strided<[64, 2]>>, memref<32x32xi32>, memref<16x32xf32>
  return
}
