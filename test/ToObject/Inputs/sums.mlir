// y = 2 x + the sums of x's columns, in two phases through the workspace: phase
// 0 sums columns into it, one task a column; phase 1 writes rows, one task a
// row. The smallest module that has everything of the vector form: two
// instruction sets, two phases, a workspace, fixed and free extents, strides.

attn.entry @sums
  description = "twice the input plus the sums of its columns"
  inputs = [#attn.argument<name = "x", type = f32, shape = ["N", 16]>]
  outputs = [#attn.argument<name = "y", type = f32, shape = ["N", 16]>]
  variants = [#attn.variant<isa = "x86-64-v3", phases = 2>,
              #attn.variant<isa = "x86-64", phases = 2>]

//===- x86-64-v3 -------------------------------------------------------===//

func.func private @"sums__x86-64-v3__workspace"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64-v3"} {
  %bytes = arith.constant 64 : i64
  return %bytes : i64
}

func.func private @"sums__x86-64-v3__p0_tasks"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64-v3"} {
  %columns = arith.constant 16 : i64
  return %columns : i64
}

func.func private @"sums__x86-64-v3__p0"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64, %task: i64, %thread: i64)
    attributes {attn.isa = "x86-64-v3"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %rows = memref.dim %x, %c0 : memref<?x?xf32, strided<[?, ?], offset: ?>>
  %column = arith.index_cast %task : i64 to index
  %sum = scf.for %i = %c0 to %rows step %c1 iter_args(%s = %zero) -> (f32) {
    %e = memref.load %x[%i, %column] : memref<?x?xf32, strided<[?, ?], offset: ?>>
    %next = arith.addf %s, %e : f32
    scf.yield %next : f32
  }
  %sums = memref.view %ws[%c0][] : memref<?xi8> to memref<16xf32>
  memref.store %sum, %sums[%column] : memref<16xf32>
  return
}

func.func private @"sums__x86-64-v3__p1_tasks"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64-v3"} {
  %c0 = arith.constant 0 : index
  %rows = memref.dim %x, %c0 : memref<?x?xf32, strided<[?, ?], offset: ?>>
  %n = arith.index_cast %rows : index to i64
  return %n : i64
}

func.func private @"sums__x86-64-v3__p1"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64, %task: i64, %thread: i64)
    attributes {attn.isa = "x86-64-v3"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %lanes = arith.constant 8 : index
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %two = arith.constant dense<2.0> : vector<8xf32>
  %i = arith.index_cast %task : i64 to index
  %sums = memref.view %ws[%c0][] : memref<?xi8> to memref<16xf32>
  scf.for %first = %c0 to %c16 step %lanes {
    %sum = vector.load %sums[%first] : memref<16xf32>, vector<8xf32>
    %row = scf.for %k = %c0 to %lanes step %c1 iter_args(%r = %zero) -> (vector<8xf32>) {
      %column = arith.addi %first, %k : index
      %e = memref.load %x[%i, %column] : memref<?x?xf32, strided<[?, ?], offset: ?>>
      %next = vector.insert %e, %r[%k] : f32 into vector<8xf32>
      scf.yield %next : vector<8xf32>
    }
    %out = vector.fma %row, %two, %sum : vector<8xf32>
    scf.for %k = %c0 to %lanes step %c1 {
      %column = arith.addi %first, %k : index
      %e = vector.extract %out[%k] : f32 from vector<8xf32>
      memref.store %e, %y[%i, %column] : memref<?x?xf32, strided<[?, ?], offset: ?>>
    }
  }
  return
}

//===- x86-64 ----------------------------------------------------------===//

func.func private @"sums__x86-64__workspace"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64"} {
  %bytes = arith.constant 64 : i64
  return %bytes : i64
}

func.func private @"sums__x86-64__p0_tasks"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64"} {
  %columns = arith.constant 16 : i64
  return %columns : i64
}

func.func private @"sums__x86-64__p0"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64, %task: i64, %thread: i64)
    attributes {attn.isa = "x86-64"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %rows = memref.dim %x, %c0 : memref<?x?xf32, strided<[?, ?], offset: ?>>
  %column = arith.index_cast %task : i64 to index
  %sum = scf.for %i = %c0 to %rows step %c1 iter_args(%s = %zero) -> (f32) {
    %e = memref.load %x[%i, %column] : memref<?x?xf32, strided<[?, ?], offset: ?>>
    %next = arith.addf %s, %e : f32
    scf.yield %next : f32
  }
  %sums = memref.view %ws[%c0][] : memref<?xi8> to memref<16xf32>
  memref.store %sum, %sums[%column] : memref<16xf32>
  return
}

func.func private @"sums__x86-64__p1_tasks"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64) -> i64
    attributes {attn.isa = "x86-64"} {
  %c0 = arith.constant 0 : index
  %rows = memref.dim %x, %c0 : memref<?x?xf32, strided<[?, ?], offset: ?>>
  %n = arith.index_cast %rows : index to i64
  return %n : i64
}

func.func private @"sums__x86-64__p1"(
    %x: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %y: memref<?x?xf32, strided<[?, ?], offset: ?>>,
    %ws: memref<?xi8>, %threads: i64, %task: i64, %thread: i64)
    attributes {attn.isa = "x86-64"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %lanes = arith.constant 4 : index
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %two = arith.constant dense<2.0> : vector<4xf32>
  %i = arith.index_cast %task : i64 to index
  %sums = memref.view %ws[%c0][] : memref<?xi8> to memref<16xf32>
  scf.for %first = %c0 to %c16 step %lanes {
    %sum = vector.load %sums[%first] : memref<16xf32>, vector<4xf32>
    %row = scf.for %k = %c0 to %lanes step %c1 iter_args(%r = %zero) -> (vector<4xf32>) {
      %column = arith.addi %first, %k : index
      %e = memref.load %x[%i, %column] : memref<?x?xf32, strided<[?, ?], offset: ?>>
      %next = vector.insert %e, %r[%k] : f32 into vector<4xf32>
      scf.yield %next : vector<4xf32>
    }
    %twice = arith.mulf %row, %two : vector<4xf32>
    %out = arith.addf %twice, %sum : vector<4xf32>
    scf.for %k = %c0 to %lanes step %c1 {
      %column = arith.addi %first, %k : index
      %e = vector.extract %out[%k] : f32 from vector<4xf32>
      memref.store %e, %y[%i, %column] : memref<?x?xf32, strided<[?, ?], offset: ?>>
    }
  }
  return
}
