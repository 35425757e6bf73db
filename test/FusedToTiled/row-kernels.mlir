// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled --attn-verify-tiled-form | FileCheck %s

// Keys that are their own features are read in place.
// CHECK-LABEL: func @plain
// CHECK-NOT: attn.row_features
// CHECK: attn.for_tiles query(%arg0) key(%arg1) value(%arg2)
// CHECK: attn.tile_features
// CHECK: attn.for_keys
// CHECK-NEXT: ^bb0(%[[J:.*]]: !attn.key_tile, %[[STATE:.*]]: !attn.state<5>):
// CHECK-NEXT: %[[F:.*]] = attn.load_keys %[[J]]
// CHECK-NEXT: %[[S:.*]] = attn.contract %{{.*}}, %[[F]]
// CHECK-NEXT: %[[M:.*]] = attn.mask %[[S]]
// CHECK-NEXT: %[[NEW:.*]], %[[P:.*]] = attn.absorb %[[STATE]], %[[M]]
// CHECK-NEXT: %[[NEXT:.*]] = attn.accumulate %[[NEW]], %[[P]], %[[J]]
// CHECK-NEXT: attn.next %[[NEXT]]
// CHECK: attn.finalize
func.func @plain(%q: tensor<?x?x?x7xf32>, %k: tensor<?x?x?x7xf32>, %v: tensor<?x?x?x5xf32>) -> tensor<?x?x?x5xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x7xf32>, tensor<?x?x?x7xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x5xf32>
  return %o : tensor<?x?x?x5xf32>
}

// Features of a rotated key are stored once, with as many channels as the key.
// CHECK-LABEL: func @rotated
// CHECK: %[[F:.*]] = attn.row_features(%arg1) at %keyPos
// CHECK-SAME: #attn.row_group<count = 4
// CHECK: attn.cos_sin
// CHECK: attn.for_tiles query(%arg0) key(%[[F]]) value(%arg2) positions(
func.func @rotated(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// A row map whose result leaves the function is a row kernel of its own.
// CHECK-LABEL: func @rows_returned
// CHECK: attn.row_features(%arg0)
// CHECK: arith.mulf
// CHECK: return
func.func @rows_returned(%x: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %y = attn.row_map %x (%e, %b, %h, %i, %p, %c) {
    %z = arith.mulf %e, %e : f32
    attn.yield %z : f32
  } : tensor<?x?x?x8xf32>
  return %y : tensor<?x?x?x8xf32>
}
