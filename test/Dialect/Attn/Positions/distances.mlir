// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>
!scores = tensor<?x?x?x?xf32>

// Far away both sides have positions of groups, at a fraction of the frequency
// where the window is no multiple of the group.
// CHECK-LABEL: @self_extend(
// CHECK: attn.position_map
// CHECK: %[[FAR:.*]] = attn.scores {{.*}} scale(5.000000e-01)
// CHECK: %[[NEAR:.*]] = attn.scores {{.*}} scale(5.000000e-01)
// CHECK: attn.select_scores %[[NEAR]], %[[FAR]] at
// CHECK: arith.cmpi slt
func.func @self_extend(%q: !rows, %k: !rows, %m: !pos, %n: !pos) -> !scores {
  %s = attn.rotary_scores %q, %k at (%m, %n) (#attn.self_extend<rotation = #attn.rope<base = 1.0e4>, window = 9, group = 4>)
      scale(0.5) : !rows, !rows, !pos, !pos
  return %s : !scores
}

// CHECK-LABEL: @rerope(
// CHECK: %[[BEHIND:.*]] = attn.scores
// CHECK: %[[AHEAD:.*]] = attn.scores
// CHECK: %[[FAR:.*]] = attn.select_scores %[[AHEAD]], %[[BEHIND]]
// CHECK: %[[NEAR:.*]] = attn.scores
// CHECK: attn.select_scores %[[NEAR]], %[[FAR]]
func.func @rerope(%q: !rows, %k: !rows, %m: !pos, %n: !pos) -> !scores {
  %s = attn.rotary_scores %q, %k at (%m, %n) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 9, leak = 16>)
      : !rows, !rows, !pos, !pos
  return %s : !scores
}

// CHECK-LABEL: @dual_chunk(
// CHECK-COUNT-3: attn.scores
func.func @dual_chunk(%q: !rows, %k: !rows, %m: !pos, %n: !pos) -> !scores {
  %s = attn.rotary_scores %q, %k at (%m, %n) (#attn.dual_chunk<rotation = #attn.rope<base = 1.0e4, rotary = 4>, chunk = 12, local = 4>)
      : !rows, !rows, !pos, !pos
  return %s : !scores
}
