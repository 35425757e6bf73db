// RUN: sextant-opt %s | FileCheck %s
// Result types follow from the operands; a known extent beats an unknown one.

// CHECK-LABEL: @known_extents
func.func @known_extents(%q: tensor<2x6x?x8xbf16>, %k: tensor<?x3x100x8xbf16>, %v: tensor<2x3x100x4xf16>) {
  // CHECK: attn.positions {{.*}} : tensor<2x6x?x8xbf16>, tensor<?x3x100x8xbf16>
  %m, %n = attn.positions %q, %k align(bottom_right) : tensor<2x6x?x8xbf16>, tensor<?x3x100x8xbf16>
  // CHECK: attn.collinear_keys
  %t = attn.collinear_keys %q, %k : tensor<2x6x?x8xbf16>, tensor<?x3x100x8xbf16>
  // CHECK: attn.scores {{.*}} : tensor<2x6x?x8xbf16>, tensor<2x6x?x100x8xbf16>
  %s = attn.scores %q, %t : tensor<2x6x?x8xbf16>, tensor<2x6x?x100x8xbf16>
  // CHECK: attn.softmax {{.*}} lse : tensor<2x6x?x100xf32>, tensor<2x?xi32>, tensor<2x100xi32>
  %p, %lse = attn.softmax %s at (%m, %n) lse : tensor<2x6x?x100xf32>, tensor<2x?xi32>, tensor<2x100xi32>
  // CHECK: attn.weighted_sum
  %o = attn.weighted_sum %p, %v : tensor<2x6x?x100xf32>, tensor<2x3x100x4xf16>
  // CHECK: call @sink(%{{.*}}, %{{.*}}) : (tensor<2x6x?x4xf16>, tensor<2x6x?xf32>)
  call @sink(%o, %lse) : (tensor<2x6x?x4xf16>, tensor<2x6x?xf32>) -> ()
  return
}
func.func private @sink(tensor<2x6x?x4xf16>, tensor<2x6x?xf32>)

// Zero extents are ordinary: no batch entry, no query, no key.
// CHECK-LABEL: @empty
func.func @empty(%q: tensor<0x4x0x8xf32>, %k: tensor<0x2x0x8xf32>) -> tensor<0x4x0x8xf32> {
  %s = attn.scores %q, %k : tensor<0x4x0x8xf32>, tensor<0x2x0x8xf32>
  %p = attn.softmax %s : tensor<0x4x0x0xf32>
  %o = attn.weighted_sum %p, %k : tensor<0x4x0x0xf32>, tensor<0x2x0x8xf32>
  return %o : tensor<0x4x0x8xf32>
}

// An odd channel count is no error where nothing pairs channels.
// CHECK-LABEL: @odd
func.func @odd(%q: tensor<1x1x2x7xf32>, %m: tensor<1x2xi32>) -> tensor<1x1x2x7xf32> {
  %r = attn.rotate %q at %m (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<1x1x2x7xf32>, tensor<1x2xi32>
  return %r : tensor<1x1x2x7xf32>
}
