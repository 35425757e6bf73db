// RUN: sextant-opt %s -canonicalize | FileCheck %s

!rows = tensor<?x?x?x8xf32>
!half = tensor<?x?x?x4xf32>

// CHECK-LABEL: @no_rotation(
// CHECK-SAME: %[[X:.*]]: tensor<?x?x?x8xf32>,
// CHECK-NEXT: return %[[X]]
func.func @no_rotation(%x: !rows, %m: tensor<?x?xi32>) -> !rows {
  %r = attn.rotate %x at %m (#attn.nope) : !rows, tensor<?x?xi32>
  return %r : !rows
}

// CHECK-LABEL: @whole_slice(
// CHECK-NEXT: return
func.func @whole_slice(%x: !rows) -> !rows {
  %r = attn.slice %x channels(0, 8) : !rows
  return %r : !rows
}

// CHECK-LABEL: @slice_of_slice(
// CHECK: attn.slice %{{.*}} channels(3, 2) : tensor<?x?x?x8xf32>
// CHECK-NEXT: return
func.func @slice_of_slice(%x: !rows) -> tensor<?x?x?x2xf32> {
  %a = attn.slice %x channels(2, 4) : !rows
  %b = attn.slice %a channels(1, 2) : !half
  return %b : tensor<?x?x?x2xf32>
}

// CHECK-LABEL: @slice_of_concat(
// CHECK-SAME: %[[A:.*]]: tensor<?x?x?x8xf32>, %[[B:.*]]: tensor<?x?x?x4xf32>
// CHECK-NEXT: return %[[B]]
func.func @slice_of_concat(%a: !rows, %b: !half) -> !half {
  %c = attn.concat %a, %b : !rows, !half
  %d = attn.slice %c channels(8, 4) : tensor<?x?x?x12xf32>
  return %d : !half
}

// A range that spans two inputs stays.
// CHECK-LABEL: @slice_across(
// CHECK: attn.concat
// CHECK: attn.slice
func.func @slice_across(%a: !rows, %b: !half) -> !half {
  %c = attn.concat %a, %b : !rows, !half
  %d = attn.slice %c channels(6, 4) : tensor<?x?x?x12xf32>
  return %d : !half
}

// CHECK-LABEL: @nested_concat(
// CHECK-SAME: %[[A:.*]]: tensor<?x?x?x8xf32>, %[[B:.*]]: tensor<?x?x?x4xf32>
// CHECK-NEXT: %[[C:.*]] = attn.concat %[[A]], %[[B]], %[[B]] :
// CHECK-NEXT: return %[[C]]
func.func @nested_concat(%a: !rows, %b: !half) -> tensor<?x?x?x16xf32> {
  %c = attn.concat %a, %b : !rows, !half
  %d = attn.concat %b : !half
  %e = attn.concat %c, %d : tensor<?x?x?x12xf32>, !half
  return %e : tensor<?x?x?x16xf32>
}

// CHECK-LABEL: @identity_maps(
// CHECK-NOT: _map
// CHECK: return
func.func @identity_maps(%x: !rows, %s: tensor<?x?x?x?xf32>) -> (!rows, tensor<?x?x?x?xf32>) {
  %y = attn.row_map %x (%e, %b, %h, %i, %p, %c) {
    attn.yield %e : f32
  } : !rows
  %t = attn.score_map %s (%e, %b, %h, %i, %j, %m, %n) {
    attn.yield %e : f32
  } : tensor<?x?x?x?xf32>
  return %y, %t : !rows, tensor<?x?x?x?xf32>
}

// A conversion rounds nothing, so only the last one counts.
// CHECK-LABEL: @conversions
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x?x8xbf16>)
// CHECK-NEXT: %[[Y:.*]] = attn.convert %[[X]] to f16
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @conversions(%x: tensor<?x?x?x8xbf16>) -> (tensor<?x?x?x8xbf16>, tensor<?x?x?x8xf16>) {
  %a = attn.convert %x to f32 : tensor<?x?x?x8xbf16>
  %b = attn.convert %a to bf16 : tensor<?x?x?x8xf32>
  %c = attn.convert %b to f16 : tensor<?x?x?x8xbf16>
  return %b, %c : tensor<?x?x?x8xbf16>, tensor<?x?x?x8xf16>
}
