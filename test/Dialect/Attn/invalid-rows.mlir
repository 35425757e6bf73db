// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// row_map_c1
func.func @no_input() {
  // expected-error @+1 {{expected at least one input}}
  %r = "attn.row_map"() <{operandSegmentSizes = array<i32: 0, 0>}> ({
  ^bb0(%b: i32, %h: i32, %i: i32, %p: i32, %c: i32):
    attn.yield
  }) : () -> tensor<?x?x?x8xf32>
  return
}
// -----
// row_map_c2
func.func @channels(%x: tensor<?x?x?x8xf32>, %y: tensor<?x?x?x4xf32>) {
  // expected-error @+1 {{expected inputs of equal channel count: input 0 has 8, input 1 has 4}}
  %r = attn.row_map %x, %y (%a, %e, %b, %h, %i, %p, %c) {
    attn.yield %a : f32
  } : tensor<?x?x?x8xf32>, tensor<?x?x?x4xf32>
  return
}
// -----
// row_map_c3
func.func @yields(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected the region to yield one or two values, got 3}}
  %r = attn.row_map %x (%a, %b, %h, %i, %p, %c) {
    attn.yield %a, %a, %a : f32, f32, f32
  } : tensor<?x?x?x8xf32>
  return
}
// -----
// row_map_c4
func.func @layout(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected 'layout(half)' or 'layout(interleaved)' to place the channel pairs}}
  %r = attn.row_map %x (%a, %b, %h, %i, %p, %c) {
    attn.yield %a, %a : f32, f32
  } : tensor<?x?x?x8xf32>
  return
}
// -----
// row_map_c5
func.func @position(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{region reads a position: expected 'at %positions' on the op}}
  %r = attn.row_map %x (%a, %b, %h, %i, %p, %c) {
    %y = arith.sitofp %p : i32 to f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xf32>
  return
}
// -----
func.func @heads(%x: tensor<?x4x?x8xf32>, %y: tensor<?x2x?x8xf32>) {
  // expected-error @+1 {{head count of 'input' must equal that of 'input 0': expected 4, got 2}}
  %r = attn.row_map %x, %y (%a, %e, %b, %h, %i, %p, %c) {
    attn.yield %a : f32
  } : tensor<?x4x?x8xf32>, tensor<?x2x?x8xf32>
  return
}
// -----
// pairs_c1
func.func @odd(%x: tensor<?x?x?x7xf32>) {
  // expected-error @+1 {{expected an even channel count for collinear pairs, got 7}}
  %r = attn.collinear_coefficients %x : tensor<?x?x?x7xf32>
  return
}
// -----
// slice_c1
func.func @slice(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected a channel range within [0, 8), got offset 6 and size 4}}
  %r = attn.slice %x channels(6, 4) : tensor<?x?x?x8xf32>
  return
}
// -----
// slice_c1
func.func @slice_overflow(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected a channel range within [0, 8), got offset 9223372036854775807 and size 2}}
  %r = attn.slice %x channels(9223372036854775807, 2) : tensor<?x?x?x8xf32>
  return
}
// -----
// concat_c1
func.func @concat(%x: tensor<?x?x?x8xf32>, %y: tensor<?x?x?x?x8xf32>) {
  // expected-error @+1 {{expected inputs of equal rank, got 'tensor<?x?x?x8xf32>' and 'tensor<?x?x?x?x8xf32>'}}
  %r = attn.concat %x, %y : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  return
}
// -----
// element_c1
func.func @concat_elements(%x: tensor<?x?x?x8xf32>, %y: tensor<?x?x?x8xf16>) {
  // expected-error @+1 {{'input 0' and 'input' must share an element type: got 'f32' and 'f16'}}
  %r = attn.concat %x, %y : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf16>
  return
}

// -----

// convert_c1
func.func @convert_to_integers(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{expected an element type f32, f16 or bf16, got i32}}
  %y = attn.convert %x to i32 : tensor<?x?x?x8xf32>
  return
}

// -----

// convert_c1
func.func @convert_to_double(%x: tensor<?x?x?x8xf32>) {
  // expected-error @+1 {{type attribute of f32, f16 or bf16}}
  %y = attn.convert %x to f64 : tensor<?x?x?x8xf32>
  return
}
