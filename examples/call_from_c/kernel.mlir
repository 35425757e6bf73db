// The kernel that the C program calls: rotary attention, 32 channels a head,
// 48 value channels.
func.func @rope32(%q: tensor<?x?x?x32xf32>, %k: tensor<?x?x?x32xf32>,
                  %v: tensor<?x?x?x48xf32>) -> tensor<?x?x?x48xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x32xf32>, tensor<?x?x?x32xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x32xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x32xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.17677669529663687) : tensor<?x?x?x32xf32>, tensor<?x?x?x32xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x48xf32>
  return %o : tensor<?x?x?x48xf32>
}
