// RUN: sextant-opt %s -split-input-file -verify-diagnostics --attn-verify-vector-form

// expected-error @+1 {{expected at least 1 kernel, got no attn.entry}}
module {}

// -----

// expected-error @+1 {{unknown instruction set 'vax'; known: x86-64-v4-amx, x86-64-v4-bf16, x86-64-v4, x86-64-v3, x86-64, aarch64}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "vax", phases = 1>]

// -----

// expected-error @+1 {{unknown instruction set 'vax'}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64-v4", phases = 1, code = "vax">]

// -----

// expected-error @+1 {{variant 'x86-64-v3': expected code that every machine of it runs, got 'x86-64-v4'}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64-v3", phases = 1, code = "x86-64-v4">]

// -----

// expected-error @+1 {{variant 'x86-64-v4': expected code that every machine of it runs, got 'aarch64'}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64-v4", phases = 1, code = "aarch64">]

// -----

// expected-error @+1 {{expected a function 'k__x86-64__p0_tasks' with a body, found none}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64-v3", phases = 1, code = "x86-64">]

// -----

// expected-error @+1 {{argument 'y': expected rank at most 8, got 9}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = [1, 1, 1, 1, 1, 1, 1, 1, 1]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{expected a function 'k__x86-64__p0_tasks' with a body, found none}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-note @+1 {{it belongs to this kernel}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
// expected-error @+1 {{expected type '(memref<?xf32, strided<[?], offset: ?>>, memref<?xi8>, i64) -> i64', got '(i64) -> i64'}}
func.func private @"k__x86-64__p0_tasks"(%threads: i64) -> i64
    attributes {attn.isa = "x86-64"} {
  return %threads : i64
}

// -----

attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
// expected-error @+1 {{expected attn.isa = "x86-64", got "x86-64-v3"}}
func.func private @"k__x86-64__p0_tasks"(%y: memref<?xf32, strided<[?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64-v3"} {
  return %threads : i64
}
