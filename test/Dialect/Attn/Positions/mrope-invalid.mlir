// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// mrope_c1
// expected-error @+1 {{expected a spectrum without axes, got #attn.mrope}}
func.func private @f() attributes {a = #attn.mrope<spectrum = #attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 2]>, sections = [2, 2]>}
// -----
// mrope_c2
// expected-error @+1 {{expected 2 to 16 sections, got 1}}
func.func private @f() attributes {a = #attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [4]>}
// -----
// mrope_c3
// expected-error @+1 {{expected sections within [1, 2^23], got 0}}
func.func private @f() attributes {a = #attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [4, 0]>}
// -----
// mrope_c4
// expected-error @+1 {{'restart' and 'interleaved' exclude each other}}
func.func private @f() attributes {a = #attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 2], interleaved = true, restart = true>}
// -----
// mrope_c5
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?x2xi32>) {
  // expected-error @+1 {{expected sections that add up to the 4 rotated pairs, got 5}}
  %t = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 3]>) : tensor<?x?x?x8xf32>, tensor<?x?x2xi32>
  return
}
// -----
// mrope_c6
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?x2xi32>) {
  // expected-error @+1 {{interleaved section 1 of 3 pairs does not fit into 4}}
  %t = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [1, 3], interleaved = true>) : tensor<?x?x?x8xf32>, tensor<?x?x2xi32>
  return
}
// -----
// rotate_c7
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?xi32>) {
  // expected-error @+1 {{expected positions of type tensor<?x?x2xi32>, one a section, got 'tensor<?x?xi32>'}}
  %t = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 2]>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  return
}
// -----
// rotate_c7
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?x3xi32>) {
  // expected-error @+1 {{expected positions of type tensor<?x?x2xi32>, one a section, got 'tensor<?x?x3xi32>'}}
  %t = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4>, sections = [2, 2]>) : tensor<?x?x?x8xf32>, tensor<?x?x3xi32>
  return
}
// -----
// rotate_c7
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?x2xi32>) {
  // expected-error @+1 {{expected positions of type tensor<?x?xi32>, got 'tensor<?x?x2xi32>'}}
  %t = attn.rotate %x at %m (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?x2xi32>
  return
}
// -----
// ntk_c2, of a section of its own
func.func @f(%x: tensor<?x?x?x8xf32>, %m: tensor<?x?x2xi32>) {
  // expected-error @+1 {{#attn.ntk needs more than 2 rotary dims, got 2}}
  %t = attn.rotate %x at %m (#attn.mrope<spectrum = #attn.rope<base = 1.0e4, scaling = [#attn.ntk<alpha = 2.0>]>, sections = [3, 1], restart = true>) : tensor<?x?x?x8xf32>, tensor<?x?x2xi32>
  return
}
