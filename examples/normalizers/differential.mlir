// Differential attention (Ye et al. 2024, arXiv 2410.05258): two softmaxes over one
// value, the second times lambda subtracted, then a norm of the output rows.
// Each softmax becomes one kernel, the rest kernels over rows.
!rows = tensor<?x?x?x32xf32>
!values = tensor<?x?x?x64xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

func.func @differential(%q1: !rows, %k1: !rows, %q2: !rows, %k2: !rows, %v: !values, %lambda: tensor<?xf32>) -> !values {
  %pq, %pk = attn.positions %q1, %k1 align(bottom_right) : !rows, !rows

  %qr1 = attn.rotate %q1 at %pq (#attn.rope<base = 1.0e4, layout = interleaved>) : !rows, !pos
  %kr1 = attn.rotate %k1 at %pk (#attn.rope<base = 1.0e4, layout = interleaved>) : !rows, !pos
  %s1 = attn.scores %qr1, %kr1 scale(0.17677669529663687) : !rows, !rows
  %p1 = attn.softmax %s1 at (%pq, %pk) visible(#attn.causal) : !scores, !pos, !pos
  %o1 = attn.weighted_sum %p1, %v : !scores, !values

  %qr2 = attn.rotate %q2 at %pq (#attn.rope<base = 1.0e4, layout = interleaved>) : !rows, !pos
  %kr2 = attn.rotate %k2 at %pk (#attn.rope<base = 1.0e4, layout = interleaved>) : !rows, !pos
  %s2 = attn.scores %qr2, %kr2 scale(0.17677669529663687) : !rows, !rows
  %p2 = attn.softmax %s2 at (%pq, %pk) visible(#attn.causal) : !scores, !pos, !pos
  %o2 = attn.weighted_sum %p2, %v : !scores, !values

  %d = attn.row_map %o1, %o2 (%x, %y, %b, %h, %i, %m, %c) {
    %l = attn.read %lambda[%h] : tensor<?xf32>
    %z = arith.mulf %l, %y : f32
    %e = arith.subf %x, %z : f32
    attn.yield %e : f32
  } : !values, !values
  %n = attn.encode %d (#attn.rms_norm<eps = 1.0e-5>) : !values
  %o = attn.row_map %n (%x, %b, %h, %i, %m, %c) {
    %r = arith.constant 0.8 : f32 // 1 - lambda of the first layer
    %y = arith.mulf %x, %r : f32
    attn.yield %y : f32
  } : !values
  return %o : !values
}
