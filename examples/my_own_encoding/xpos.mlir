// xPos (Sun et al. 2022) written with regions only: rotation as usual, and a
// decay zeta_k^(position / 512) on the query, zeta_k^(-position / 512) on the
// key, with zeta_k = (2k/D + 0.4) / 1.4 for pair k. No C++ is touched.
func.func @xpos(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>,
                %v: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
  %qd = attn.row_map %qr at %pq pairs layout(half) (%a, %b, %batch, %head, %index, %position, %pair) {
    %width = arith.constant 32.0 : f32
    %gamma = arith.constant 0.4 : f32
    %norm = arith.constant 1.4 : f32
    %period = arith.constant 512.0 : f32
    %number = arith.sitofp %pair : i32 to f32
    %share = arith.divf %number, %width : f32
    %sum = arith.addf %share, %gamma : f32
    %zeta = arith.divf %sum, %norm : f32
    %place = arith.sitofp %position : i32 to f32
    %power = arith.divf %place, %period : f32
    %decay = math.powf %zeta, %power : f32
    %x = arith.mulf %a, %decay : f32
    %y = arith.mulf %b, %decay : f32
    attn.yield %x, %y : f32, f32
  } : tensor<?x?x?x64xf32> at tensor<?x?xi32>
  %kd = attn.row_map %kr at %pk pairs layout(half) (%a, %b, %batch, %head, %index, %position, %pair) {
    %width = arith.constant 32.0 : f32
    %gamma = arith.constant 0.4 : f32
    %norm = arith.constant 1.4 : f32
    %period = arith.constant -512.0 : f32
    %number = arith.sitofp %pair : i32 to f32
    %share = arith.divf %number, %width : f32
    %sum = arith.addf %share, %gamma : f32
    %zeta = arith.divf %sum, %norm : f32
    %place = arith.sitofp %position : i32 to f32
    %power = arith.divf %place, %period : f32
    %decay = math.powf %zeta, %power : f32
    %x = arith.mulf %a, %decay : f32
    %y = arith.mulf %b, %decay : f32
    attn.yield %x, %y : f32, f32
  } : tensor<?x?x?x64xf32> at tensor<?x?xi32>
  %s = attn.scores %qd, %kd scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
  return %o : tensor<?x?x?x64xf32>
}
