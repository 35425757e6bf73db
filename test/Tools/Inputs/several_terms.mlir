!rows = tensor<?x?x?x8xf32>
!positions = tensor<?x?xi32>
!scores = tensor<?x?x?x?xf32>

func.func @named(%q: !rows, %k: !rows) -> !rows {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : !rows, !rows
  %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.self_extend<rotation = #attn.rope<base = 1.0e4>, window = 64, group = 8>)
      scale(0.35) : !rows, !rows, !positions, !positions
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : !scores, !positions, !positions
  %o = attn.weighted_sum %p, %k : !scores, !rows
  return %o : !rows
}

func.func @chosen(%q: !rows, %k: !rows) -> !rows {
  %kh = attn.slice %k channels(0, 4) : !rows
  %qh = attn.slice %q channels(0, 4) : !rows
  %a = attn.scores %q, %k scale(0.35) : !rows, !rows
  %b = attn.scores %qh, %kh scale(0.5) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.select_scores %a, %b (%batch, %h, %i, %j, %m, %n) {
    %near = arith.cmpi sle, %j, %i : i32
    attn.yield %near : i1
  } : !scores
  %p = attn.weights %s (%x, %batch, %h, %i, %j, %m, %n) {
    %y = math.tanh %x : f32
    attn.yield %y : f32
  } : !scores
  %o = attn.weighted_sum %p, %k : !scores, !rows
  return %o : !rows
}
