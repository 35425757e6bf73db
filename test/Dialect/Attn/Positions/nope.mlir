// RUN: sextant-opt %s -attn-expand | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

// Any channel count, even an odd one: nothing pairs.
// CHECK-LABEL: @nope(
// CHECK-SAME: %[[X:.*]]: tensor<?x?x?x7xf32>,
// CHECK-NEXT: return %[[X]]
func.func @nope(%x: tensor<?x?x?x7xf32>, %m: tensor<?x?xi32>) -> tensor<?x?x?x7xf32> {
  %r = attn.rotate %x at %m (#attn.nope) : tensor<?x?x?x7xf32>, tensor<?x?xi32>
  return %r : tensor<?x?x?x7xf32>
}
