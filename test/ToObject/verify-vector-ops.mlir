// RUN: sextant-opt %s -split-input-file -verify-diagnostics --attn-verify-vector-form

// Every case is the kernel below with one function more that an artifact could
// not hold.

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} { return }
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }

// What SSE2 has is allowed.
func.func private @allowed(%a: vector<4xf32>) -> vector<4xf32> attributes {attn.isa = "x86-64"} {
  %0 = math.sqrt %a : vector<4xf32>
  %1 = math.absf %0 : vector<4xf32>
  // A product and a sum here.
  %2 = vector.fma %1, %1, %1 : vector<4xf32>
  return %2 : vector<4xf32>
}
// AVX2 has these as well.
func.func private @allowed_v3(%a: vector<8xf32>) -> vector<8xf32> attributes {attn.isa = "x86-64-v3"} {
  %0 = vector.fma %a, %a, %a : vector<8xf32>
  %1 = math.roundeven %0 : vector<8xf32>
  return %1 : vector<8xf32>
}
func.func private @no_fma(%a: vector<4xf32>) -> vector<4xf32> attributes {attn.isa = "x86-64"} {
  // expected-error @+1 {{needs a fused multiply-add, which 'x86-64' lacks}}
  %0 = math.fma %a, %a, %a : vector<4xf32>
  return %0 : vector<4xf32>
}

// -----

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} { return }
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @no_libm(%a: vector<8xf32>) -> vector<8xf32> attributes {attn.isa = "x86-64-v3"} {
  // expected-error @+1 {{needs an instruction for it, which 'x86-64-v3' lacks}}
  %0 = math.exp2 %a : vector<8xf32>
  return %0 : vector<8xf32>
}

// -----

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %y, %c0 : !y
  scf.for %j = %c0 to %n step %c1 {
    // expected-error @+1 {{expected the stack to be used in the first block of a function, found it in a region}}
    %0 = memref.alloca() : memref<4xf32>
  }
  return
}
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }

// -----

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} {
  // expected-error @+1 {{needs a heap, which an artifact lacks: use the workspace}}
  %0 = memref.alloc() : memref<4xf32>
  return
}
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }

// -----

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @wide() attributes {attn.isa = "x86-64-v3"} { return }
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} {
  // expected-error @+1 {{expected a function for 'x86-64', got one for "x86-64-v3"}}
  func.call @wide() : () -> ()
  return
}
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }

// -----

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} { return }
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @half_v3(%a: vector<8xf16>) -> vector<8xf32> attributes {attn.isa = "x86-64-v3"} {
  %0 = arith.extf %a : vector<8xf16> to vector<8xf32>
  return %0 : vector<8xf32>
}
func.func private @no_half(%a: f32) -> f16 attributes {attn.isa = "x86-64"} {
  // expected-error @+1 {{needs a conversion of f16, which 'x86-64' lacks}}
  %0 = arith.truncf %a : f32 to f16
  return %0 : f16
}

// -----

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N"]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} { return }
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
func.func private @no_brain(%a: vector<8xf32>) -> vector<8xbf16> attributes {attn.isa = "x86-64-v3"} {
  // expected-error @+1 {{needs a conversion of bf16, which 'x86-64-v3' lacks}}
  %0 = arith.truncf %a : vector<8xf32> to vector<8xbf16>
  return %0 : vector<8xbf16>
}
