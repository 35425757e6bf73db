// Slack CoCA whose key argument is a cache of coefficients: tau, 32 numbers a
// key, computed when the token arrived (attn.collinear_coefficients of its u).
// Positions stay out of the cache: a key is rotated when it is read.
func.func @coca_tau(
    %q: tensor<?x?x?x64xf32> {attn.name = "q"},
    %tau: tensor<?x?x?x32xf32> {attn.name = "tau"},
    %v: tensor<?x?x?x64xf32> {attn.name = "v"})
    -> (tensor<?x?x?x64xf32> {attn.name = "out"}) {
  // The last query meets the last key: the same function serves prefill (M = N)
  // and decode (M = 1).
  %pq, %pk = attn.positions %q, %tau align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x32xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x32xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
