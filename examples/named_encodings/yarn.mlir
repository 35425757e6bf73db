// YaRN (Peng et al. 2023), 4096 positions stretched to 65536. The link changes
// frequencies; the paper's attention temperature, 0.1 ln 16 + 1, is another link.
func.func @yarn(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4, scaling = [
      #attn.yarn<factor = 16.0, trained = 4096>, #attn.magnitude<1.277259>]>)
      : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4, scaling = [
      #attn.yarn<factor = 16.0, trained = 4096>, #attn.magnitude<1.277259>]>)
      : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
