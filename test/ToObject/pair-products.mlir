// RUN: sextant-opt %s --attn-simplify-vector-form | FileCheck %s

// An instruction for a whole register of the instruction set that has it.
// CHECK-LABEL: @native
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.cvtne2ps2bf16.512"(%arg1, %arg0) : (vector<16xf32>, vector<16xf32>) -> vector<32xbf16>
// CHECK: vector.shuffle {{.*}} [0, 16, 1, 17,
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"({{.*}}) : (vector<16xf32>, vector<32xbf16>, vector<32xbf16>) -> vector<16xf32>
// CHECK-NOT: attn.
// CHECK: return
func.func @native(%a: vector<16xf32>, %b: vector<16xf32>) -> vector<16xf32>
    attributes {attn.isa = "x86-64-v4-bf16"} {
  %p = attn.pack_pairs %a, %b : vector<16xf32> -> vector<16xi32>
  %s = attn.pair_dot %p, %p, %a : vector<16xi32>, vector<16xf32>
  return %s : vector<16xf32>
}

// Elsewhere: rounded to nearest even, a NaN kept one; shifts and multiply-adds.
// CHECK-LABEL: @emulated
// CHECK-NOT: llvm.call_intrinsic
// CHECK-COUNT-2: arith.cmpf uno
// CHECK: arith.shli
// CHECK: vector.fma
// CHECK: arith.andi
// CHECK: vector.fma
// CHECK-NOT: attn.
// CHECK: return
func.func @emulated(%a: vector<8xf32>, %b: vector<8xf32>) -> vector<8xf32>
    attributes {attn.isa = "x86-64-v3"} {
  %p = attn.pack_pairs %a, %b : vector<8xf32> -> vector<8xi32>
  %s = attn.pair_dot %p, %p, %a : vector<8xi32>, vector<8xf32>
  return %s : vector<8xf32>
}

// Half a register is no whole one.
// CHECK-LABEL: @narrow
// CHECK-NOT: llvm.call_intrinsic
// CHECK: vector.fma
func.func @narrow(%p: vector<8xi32>, %a: vector<8xf32>) -> vector<8xf32>
    attributes {attn.isa = "x86-64-v4-bf16"} {
  %s = attn.pair_dot %p, %p, %a : vector<8xi32>, vector<8xf32>
  return %s : vector<8xf32>
}
