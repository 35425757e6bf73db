// RUN: sextant-opt %s --attn-tiled-to-vector=target=x86-64-v3 -split-input-file -verify-diagnostics
// RUN: not sextant-opt %s --attn-tiled-to-vector=target=vax -split-input-file 2>&1 | FileCheck %s --check-prefix=TARGET

// TARGET: error: unsupported target 'vax'; supported: host, all, x86-64-v4-amx, x86-64-v4-bf16, x86-64-v4, x86-64-v3, generic, aarch64

// expected-error @below {{expected every result to be computed by a kernel, got an argument}}
func.func @argument(%x: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  return %x : tensor<?x?x?x4xf32>
}

// -----

// expected-error @below {{returns one tensor twice}}
func.func @twice(%x: tensor<?x?x?x4xf32>) -> (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) {
  %f = attn.row_features(%x) groups [#attn.row_group<count = 4,
      inputs = [<operand = 0, offset = 0>],
      outputs = [<operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    attn.yield %e : f32
  } : (tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return %f, %f : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
}

// -----

// expected-error @below {{expected ranked tensors as arguments, got 'f32'}}
func.func @scalar(%x: tensor<?x?x?x4xf32>, %s: f32) -> tensor<?x?x?x4xf32> {
  %f = attn.row_features(%x) groups [#attn.row_group<count = 4,
      inputs = [<operand = 0, offset = 0>],
      outputs = [<operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    attn.yield %e : f32
  } : (tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return %f : tensor<?x?x?x4xf32>
}

// -----

// expected-error @below {{needs equal extents that are fixed at}}
func.func @extents(%x: tensor<2x?x?x4xf32>, %y: tensor<3x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %f = attn.row_features(%x, %y) groups [#attn.row_group<count = 4,
      inputs = [<operand = 0, offset = 0>, <operand = 1, offset = 0>],
      outputs = [<operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %d: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    %s = arith.addf %e, %d : f32
    attn.yield %s : f32
  } : (tensor<2x?x?x4xf32>, tensor<3x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return %f : tensor<?x?x?x4xf32>
}

// -----

func.func @positions(%x: tensor<?x?x?x4xf32>, %y: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  // expected-note @below {{made here}}
  %pq, %pk = attn.positions %x, %y align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %f = attn.row_features(%x) captures(%pk) groups [#attn.row_group<count = 4,
      inputs = [<operand = 0, offset = 0>],
      outputs = [<operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    // expected-error @below {{reads the result of 'attn.positions', which no kernel stores; where an encoding and the softmax differ in positions, take them as an argument}}
    %p = attn.read %pk[%b, %j] : tensor<?x?xi32>
    %r = arith.sitofp %p : i32 to f32
    %s = arith.addf %e, %r : f32
    attn.yield %s : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?xi32>) -> tensor<?x?x?x4xf32>
  return %f : tensor<?x?x?x4xf32>
}
