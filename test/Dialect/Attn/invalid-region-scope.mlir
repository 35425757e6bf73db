// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// A name that a region defines is known in that region alone, also where it was
// used before. What goes wrong later in the op must find no such use.
func.func @before(%q: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %a = attn.row_map %q (%x, %b, %h, %i, %p, %c) {
    // expected-note @+1 {{used here}}
    %y = arith.addf %x, %z : f32
    attn.yield %y : f32
  } : tensor<?x?x?x4xf32>
  // expected-error @+1 {{defines a value that is used before this region}}
  %o = attn.row_map %a (%x, %b, %h, %i, %p, %c) {
    %z = arith.addf %x, %x : f32
    attn.yield %z : f32
  } : tensor<?x?x?x4xf32> and what nobody wrote
  return %o : tensor<?x?x?x4xf32>
}

// -----

// The error comes within the region that defines the name.
func.func @within(%q: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %a = attn.row_map %q (%x, %b, %h, %i, %p, %c) {
    %y = arith.addf %x, %z : f32
    attn.yield %y : f32
  } : tensor<?x?x?x4xf32>
  %o = attn.row_map %a (%x, %b, %h, %i, %p, %c) {
    %z = arith.addf %x, %x : f32
    // expected-error @+1 {{expected}}
    attn.yield %z : f3
  } : tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
