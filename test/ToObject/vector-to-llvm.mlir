// RUN: sextant-opt %S/Inputs/sums.mlir --attn-vector-to-llvm | FileCheck %s

// Only the LLVM dialect is left, and each function is for its CPU.
// CHECK-NOT: {{ (func|memref|scf|arith|vector|attn)\.}}
// CHECK: llvm.func @"sums__x86-64-v3__p1"({{.*}}) attributes {{{.*}}target_cpu = "x86-64-v3"}
// CHECK: llvm.intr.fmuladd
// CHECK: llvm.func @"sums__x86-64__p1"({{.*}}) attributes {{{.*}}target_cpu = "x86-64"}
// CHECK-NOT: llvm.intr.fmuladd
