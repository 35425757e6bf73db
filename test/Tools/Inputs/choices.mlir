// Scores that are a choice between dot products, under one mask.

!rows = tensor<?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

func.func @causal_choice(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 8>) : !rows, !rows, !pos, !pos
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : !scores, !pos, !pos
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

func.func @unmasked_choice(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 8>) : !rows, !rows, !pos, !pos
  %p = attn.softmax %s : !scores
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}

// The near branch and the far one hide other keys of the same row.
func.func @contradictory_choice(%q: !rows, %k: !rows, %v: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 8>) : !rows, !rows, !pos, !pos
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.and<[#attn.causal, #attn.not<#attn.sliding_window<back = 8, ahead = 8>>]>) : !scores, !pos, !pos
  %o = attn.weighted_sum %p, %v : !scores, !rows
  return %o : !rows
}
