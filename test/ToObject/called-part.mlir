// RUN: not sextantc %s --from=vector --emit=obj -o %t.o 2>&1 | FileCheck %s
// RUN: not ls %t.o

// The functions that an entry names are the runtime's to call.
// CHECK: error: function 'k__x86-64__workspace': expected no callers, it is the runtime's, found one

!y = memref<?xf32, strided<[?], offset: ?>>
attn.entry @k inputs = []
  outputs = [#attn.argument<name = "y", type = f32, shape = [4]>]
  variants = [#attn.variant<isa = "x86-64", phases = 1>]
func.func private @"k__x86-64__p0_tasks"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} {
  %n = func.call @"k__x86-64__workspace"(%y, %ws, %t) : (!y, memref<?xi8>, i64) -> i64
  return %n : i64
}
func.func private @"k__x86-64__p0"(%y: !y, %ws: memref<?xi8>, %t: i64, %i: i64, %th: i64)
    attributes {attn.isa = "x86-64"} { return }
func.func private @"k__x86-64__workspace"(%y: !y, %ws: memref<?xi8>, %t: i64) -> i64
    attributes {attn.isa = "x86-64"} { return %t : i64 }
