// RUN: sextant-opt %s --attn-simplify-vector-form | FileCheck %s

// Two by two tiles of sums: what is known of the pairs is written out. Tiles 0
// to 3 hold sums, 4 and 5 rows of the left matrix, 6 and 7 columns of the right.
// CHECK-LABEL: @native
// CHECK: vector.store {{.*}} vector<64xi8>
// CHECK: llvm.call_intrinsic "llvm.x86.ldtilecfg"(
// CHECK-COUNT-4: "llvm.x86.tilezero"
// CHECK-COUNT-2: "llvm.x86.tileloadd64"
// CHECK: "llvm.x86.tileloadd64"(%c4_i8,
// CHECK: "llvm.x86.tdpbf16ps"(%c0_i8, %c4_i8, %c6_i8)
// CHECK: "llvm.x86.tdpbf16ps"(%c1_i8, %c4_i8, %c7_i8)
// CHECK: "llvm.x86.tileloadd64"(%c5_i8,
// CHECK: "llvm.x86.tdpbf16ps"(%c2_i8, %c5_i8, %c6_i8)
// CHECK: "llvm.x86.tdpbf16ps"(%c3_i8, %c5_i8, %c7_i8)
// CHECK-COUNT-4: "llvm.x86.tdpbf16ps"
// CHECK-COUNT-4: "llvm.x86.tilestored64"
// CHECK: llvm.call_intrinsic "llvm.x86.tilerelease"()
// CHECK-NOT: attn.
// CHECK: return
func.func @native(%memory: memref<64xi8>, %k: memref<128x64xbf16>,
                  %q: memref<32x32xi32>, %s: memref<128x32xf32>, %row: index)
    attributes {attn.isa = "x86-64-v4-amx"} {
  %c0 = arith.constant 0 : index
  %pairs = arith.constant 32 : index
  attn.start_blocks %memory : memref<64xi8>
  attn.block_dot %k[%row, %c0], %q[%c0, %c0], %s[%row, %c0] for %pairs
      {rows = 32 : i64, columns = 32 : i64}
      : memref<128x64xbf16>, memref<32x32xi32>, memref<128x32xf32>
  attn.end_blocks
  return
}

// As many pairs as the call says: a loop. Sums that go on are loaded. One column
// of tiles leaves room for four rows of them.
// CHECK-LABEL: @loop
// CHECK-COUNT-3: "llvm.x86.tileloadd64"
// CHECK: scf.for
// CHECK-COUNT-3: "llvm.x86.tdpbf16ps"
// CHECK: }
// CHECK-COUNT-3: "llvm.x86.tilestored64"
// CHECK-NOT: attn.
// CHECK: return
func.func @loop(%v: memref<48x160xbf16, strided<[160, 1], offset: ?>>,
                %w: memref<?x32xi32>, %o: memref<4x48x32xf32>, %pairs: index)
    attributes {attn.isa = "x86-64-v4-amx"} {
  %c0 = arith.constant 0 : index
  attn.block_dot %v[%c0, %c0], %w[%c0, %c0], %o[%c0, %c0, %c0] for %pairs
      {rows = 48 : i64, columns = 16 : i64, accumulate}
      : memref<48x160xbf16, strided<[160, 1], offset: ?>>, memref<?x32xi32>,
        memref<4x48x32xf32>
  return
}

// Elsewhere: one vector of sums after the other.
// CHECK-LABEL: @emulated
// CHECK-NOT: llvm.x86.t
// CHECK-NOT: ldtilecfg
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.load {{.*}} vector<8xf32>
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.load {{.*}} vector<2xbf16>
// CHECK: vector.load {{.*}} vector<8xi32>
// CHECK-COUNT-2: vector.fma
// CHECK: vector.store {{.*}} vector<8xf32>
// CHECK-NOT: attn.
// CHECK: return
func.func @emulated(%memory: memref<64xi8>, %k: memref<?x?xbf16, strided<[?, 1]>>,
                    %q: memref<32x24xi32>, %s: memref<128x24xf32>, %pairs: index)
    attributes {attn.isa = "x86-64-v3"} {
  %c0 = arith.constant 0 : index
  attn.start_blocks %memory : memref<64xi8>
  attn.block_dot %k[%c0, %c0], %q[%c0, %c0], %s[%c0, %c0] for %pairs
      {rows = 32 : i64, columns = 24 : i64, accumulate}
      : memref<?x?xbf16, strided<[?, 1]>>, memref<32x24xi32>, memref<128x24xf32>
  attn.end_blocks
  return
}
