// Rotary attention over the 512 keys up to and including the query's own, and
// only over the real keys of each batch entry: masks are predicates, and compose.
func.func @sliding_window(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                          %v: tensor<?x?x?x64xf32>, %lengths: tensor<?xi32>)
    -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) lengths(%lengths : tensor<?xi32>) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.and<[#attn.sliding_window<back = 511, ahead = 0>, #attn.lengths<capture = 0>]>) captures(%lengths : tensor<?xi32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
