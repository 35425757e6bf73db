//===- StickBreaking.td - Each key breaks a piece off a stick -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_StickBreakingAttr : Attn_Attr<"StickBreaking", "stick_breaking", [
    DeclareAttrInterfaceMethods<Attn_NormalizerInterface,
                                ["isOrdered", "evaluateShare",
                                 "expandShare"]>]> {
  let summary = "a key takes its logistic share of what later keys leave";
  let description = [{
    `weight_j = sigmoid(s_j) * prod_{t > j} (1 - sigmoid(s_t))` over the visible
    keys t behind j: the last visible key comes first, and each takes a share of
    what is left of the row. The remainder is `prod_t (1 - sigmoid(s_t))`; the
    weights of a row and its remainder add up to 1. Positions are not needed:
    near keys are preferred because they come first. The authors hide the query's
    own key too, by the mask `#attn.and<[#attn.causal,
    #attn.not<#attn.sliding_window<back = 0, ahead = 0>>]>`.

    `1 - sigmoid(s)` is computed as `sigmoid(-s)`, so that neither loses digits.

    Source: Tan et al., Scaling Stick-Breaking Attention (arXiv 2410.17980).

    Cost: once a (query, key): an exponential, a division and a product along the
    keys, which are visited in order.

    ```mlir
    %p, %r = attn.normalize %s at (%pq, %pk) by (#attn.stick_breaking) visible(#attn.causal) remainder : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
}
