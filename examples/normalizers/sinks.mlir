// Query and key norm before the rotation, and a learned logit a head that takes
// weight and gives nothing (gpt-oss has the one, Qwen 3 the other).
func.func @sinks(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>,
                 %wq: tensor<64xf32>, %wk: tensor<64xf32>, %z: tensor<?xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qn = attn.encode %q (#attn.rms_norm<eps = 1.0e-6, weighted = true>) captures(%wq : tensor<64xf32>) : tensor<?x?x?x64xf32>
  %kn = attn.encode %k (#attn.rms_norm<eps = 1.0e-6, weighted = true>) captures(%wk : tensor<64xf32>) : tensor<?x?x?x64xf32>
  %qr = attn.rotate %qn at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %kr = attn.rotate %kn at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.normalize %s at (%pq, %pk) by (#attn.learned_sinks) with (%z : tensor<?xf32>)
      visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
