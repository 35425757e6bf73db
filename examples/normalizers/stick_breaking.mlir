// Stick-breaking attention (Tan et al. 2024, arXiv 2410.17980): the key before the
// query takes its share of the row first, then the one before that, and what is left
// at the end goes to a row of the query's own.
!rows = tensor<?x?x?x64xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

func.func @stick_breaking(%q: !rows, %k: !rows, %v: !rows, %residual: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.scores %q, %k scale(0.125) : !rows, !rows
  %p, %left = attn.normalize %s at (%pq, %pk) by (#attn.stick_breaking)
      visible(#attn.and<[#attn.causal, #attn.not<#attn.sliding_window<back = 0, ahead = 0>>]>)
      remainder : !scores, !pos, !pos
  %a = attn.weighted_sum %p, %v : !scores, !rows
  %o = attn.row_map %a, %residual (%x, %y, %b, %h, %i, %m, %c) {
    %r = attn.read %left[%b, %h, %i] : tensor<?x?x?xf32>
    %z = arith.mulf %r, %y : f32
    %w = arith.addf %x, %z : f32
    attn.yield %w : f32
  } : !rows, !rows
  return %o : !rows
}
