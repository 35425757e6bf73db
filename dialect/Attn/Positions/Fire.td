//===- Fire.td - Functional interpolation of relative positions -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_FireAttr : Attn_Attr<"Fire", "fire", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["getNumCaptures", "verifyCaptures",
        "boundSlack"]>]> {
  let summary = "a learned function of the distance, relative to the position";
  let description = [{
    `bias = f_h(g(queryPos - keyPos) / (g(max(|limit|, queryPos)) + 1e-6))` with
    `g(x) = ln(1 + |c x|)` and a perceptron of W hidden units,
    `f_h(z) = b2[h] + sum_u w2[h, u] * max(0, w1[u] z + b1[u])`. Captured are
    w1, b1 (W numbers each), w2 (H x W), b2 (H), c and limit (rank 0), in this
    order. Source: Li et al., FIRE (arXiv 2310.04418), eq. 6.

    Constraint: W = `width` (32) is within [1, 256].

    Cost: once a (query, key): W products.

    ```mlir
    %t = attn.bias %s at (%pq, %pk) (#attn.fire) captures(%w1, %b1, %w2, %b2, %c, %limit
        : tensor<32xf32>, tensor<32xf32>, tensor<?x32xf32>, tensor<?xf32>, tensor<f32>, tensor<f32>)
        : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "32">:$width);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
