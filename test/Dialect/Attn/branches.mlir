// RUN: sextant-opt %s | sextant-opt | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip
// RUN: sextant-opt %s -attn-to-fused | FileCheck %s --check-prefix=FUSED
// RUN: sextant-opt %s -attn-to-fused -attn-fused-to-tiled | FileCheck %s --check-prefix=TILED

// Two scores of a pair are two terms; the choice between them is their score
// region. In the tiled form each has a loop, over the pairs that take it.

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>
!scores = tensor<?x?x?x?xf32>

// CHECK-LABEL: @near_and_far(
// CHECK: attn.position_map %{{.*}} (%{{.*}}, %{{.*}}, %{{.*}}) {
// CHECK: attn.select_scores %{{.*}}, %{{.*}} at{{ ?}}(%{{.*}}, %{{.*}}) (%{{.*}}) {
// CHECK: : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>

// A map of positions is part of what reads them.
// FUSED-LABEL: @near_and_far(
// FUSED-NOT: attn.position_map
// FUSED: attn.fused
// FUSED-SAME: terms({{\[}}[#attn.group<count = 8, width = 1, {{.*}}], [#attn.group<count = 4, width = 2, {{.*}}]])
// FUSED: score {
// FUSED-NEXT: ^bb0(%[[NEAR:.*]]: f32, %[[FAR:.*]]: f32,
// FUSED: %[[CLOSE:.*]] = arith.cmpi slt
// FUSED: %[[TAKEN:.*]] = arith.select %[[CLOSE]], %[[NEAR]], %[[FAR]] : f32
// FUSED: math.tanh
// FUSED: floordivsi

// TILED-LABEL: @near_and_far(
// TILED: attn.for_tiles query(%{{.*}}) key(%[[K:.*]], %[[F:.*]]) value
// TILED-COUNT-2: attn.tile_features
// TILED: %[[STATE:.*]] = attn.init_state
// TILED: %[[BETWEEN:.*]] = attn.for_keys %{{.*}}, %[[STATE]] visible {
// TILED: %[[CLOSE:.*]] = arith.cmpi slt
// TILED: arith.andi %{{.*}}, %[[CLOSE]]
// TILED: attn.load_keys %{{.*}} : <8>
// TILED: math.tanh
// TILED: attn.for_keys %{{.*}}, %[[BETWEEN]] visible {
// TILED: arith.xori
// TILED: attn.load_keys %{{.*}} from(1)
// TILED: math.tanh
// TILED: attn.finalize
func.func @near_and_far(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %gq = attn.position_map %pq (%p, %b, %i) {
    %c4 = arith.constant 4 : i32
    %y = arith.floordivsi %p, %c4 : i32
    attn.yield %y : i32
  } : !pos
  %qr = attn.rotate %q at %gq (#attn.rope<base = 1.0e4>) : !rows, !pos
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : !rows, !pos
  %near = attn.scores %q, %k : !rows, !rows
  %far = attn.scores %qr, %kr : !rows, !rows
  %s = attn.select_scores %near, %far at (%pq, %pk) (%b, %h, %i, %j, %m, %n) {
    %c64 = arith.constant 64 : i32
    %d = arith.subi %m, %n : i32
    %c = arith.cmpi slt, %d, %c64 : i32
    attn.yield %c : i1
  } : !scores, !pos, !pos
  %t = attn.softcap %s cap(30.0) : !scores
  %w = attn.softmax %t at (%pq, %pk) visible(#attn.causal) : !scores, !pos, !pos
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}

// Terms that read the same key features read one tensor of them; the last one's
// are those of keys that meet a query at one place.
// TILED-LABEL: @one_tensor_of_keys(
// TILED: %[[K:.*]] = attn.row_features
// TILED-NOT: attn.row_features
// TILED: attn.for_tiles query(%{{.*}}) key(%[[K]], %[[K]], %[[K]]) value
func.func @one_tensor_of_keys(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.dual_chunk<rotation = #attn.rope<base = 1.0e4>, chunk = 12, local = 4>)
      : !rows, !rows, !pos, !pos
  %w = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : !scores, !pos, !pos
  %o = attn.weighted_sum %w, %v : !scores, !rows
  return %o : !rows
}
