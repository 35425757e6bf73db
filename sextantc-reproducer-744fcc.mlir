// KERPLE, logarithmic form (Chi et al. 2022, eq. 8), written with regions only:
// score - p_h ln(1 + a_h |m - n|) with two learned numbers a head.
func.func @kerple(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                  %v: tensor<?x?x?x64xf32>, %p: tensor<?xf32>, %a: tensor<?xf32>)
    -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %t = attn.score_map %s at (%pq, %pk) (%score, %batch, %head, %i, %j, %m, %n) {
    %ph = attn.read %p[%head] : tensor<?xf32>
    %ah = attn.read %a[%head] : tensor<?xf32>
    %difference = arith.subi %m, %n : i32
    %distance = math.absi %difference : i32
    %number = arith.sitofp %distance : i32 to f32
    %scaled = arith.mulf %ah, %number : f32
    %log = math.log1p %scaled : f32
    %penalty = arith.mulf %ph, %log : f32
    %result = arith.subf %score, %penalty : f32
    attn.yield %result : f32
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %w = attn.softmax %t at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
