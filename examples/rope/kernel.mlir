// Rotary position embedding: Su et al. (2021), eq. 34, in the half-split layout.
// The second result is the log-sum-exp of each row, for merging partial results.
func.func @rope(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                %v: tensor<?x?x?x64xf32>)
    -> (tensor<?x?x?x64xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p, %lse = attn.softmax %s at (%pq, %pk) visible(#attn.causal) lse : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o, %lse : tensor<?x?x?x64xf32>, tensor<?x?x?xf32>
}
