// RUN: sextant-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: attn.entry @scale description = "scales" inputs = [#attn.argument<name = "x", type = f32, shape = ["N", 4]>, #attn.argument<name = "at", type = i32, shape = ["N"], position = true>]
// CHECK-SAME: outputs = [#attn.argument<name = "y", type = bf16, shape = ["M", 4]>]
// CHECK-SAME: relations = [#attn.relation<kind = multiple_of, left = "N", right = "M">]
// CHECK-SAME: variants = [#attn.variant<isa = "x86-64", phases = 1>]
attn.entry @scale
  description = "scales"
  inputs = [#attn.argument<name = "x", type = f32, shape = ["N", 4]>,
            #attn.argument<name = "at", type = i32, shape = ["N"], position = true>]
  outputs = [#attn.argument<name = "y", type = bf16, shape = ["M", 4]>]
  relations = [#attn.relation<kind = multiple_of, left = "N", right = "M">]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// A variant that runs the functions of another instruction set.
// CHECK-LABEL: attn.entry @shared
// CHECK-SAME: variants = [#attn.variant<isa = "x86-64-v4-amx", phases = 2, code = "x86-64-v4">]
attn.entry @shared inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64-v4-amx", phases = 2, code = "x86-64-v4">]
