// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{expected the name of a kernel to be a C identifier, got 'a-b'}}
attn.entry @"a-b" inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{names that start with 'sextant_' are reserved, got 'sextant_k'}}
attn.entry @sextant_k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{expected at least 1 output, got 0}}
attn.entry @k inputs = [] outputs = []
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{expected at least 1 variant, got 0}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>] variants = []

// -----

// expected-error @+1 {{expected arguments of different names, got 'y' twice}}
attn.entry @k inputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{output 'y' cannot be marked as positions: only inputs are checked}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = i32, shape = ["N"], position = true>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{relation of 'Q', which is no symbol of an argument}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  relations = [#attn.relation<kind = at_most, left = "N", right = "Q">]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

// expected-error @+1 {{expected one variant of each instruction set, got 'x86-64' twice}}
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>,
              #attn.variant<isa = "x86-64", phases = 1>]

// -----

attn.entry @k inputs = []
  // expected-error @+1 {{argument 'y': expected type f16, bf16, f32, f64, i1, i8, i16, i32 or i64, got 'i2'}}
  outputs = [#attn.argument<name = "y", type = i2, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

attn.entry @k inputs = []
  // expected-error @+1 {{argument 'y': expected positions to be i32, got 'f32'}}
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"], position = true>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

attn.entry @k inputs = []
  // expected-error @+1 {{argument 'y': expected an extent from 0 to 1099511627776, got -1}}
  outputs = [#attn.argument<name = "y", type = f32, shape = [-1]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]

// -----

attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = [1]>]
  // expected-error @+1 {{variant 'x86-64': expected at least 1 phase, got 0}}
  variants = [#attn.variant<isa = "x86-64", phases = 0>]
