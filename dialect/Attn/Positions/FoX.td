//===- FoX.td - Forget gates summed along the sequence -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_FoXAttr : Attn_Attr<"FoX", "fox", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["usesPositions", "getNumCaptures",
        "verifyCaptures", "boundSlack"]>]> {
  let summary = "what is forgotten between key and query";
  let description = [{
    `bias = queryGate[b, h, i] - keyGate[b, h, j]` of two captured tensors, in
    this order: the inclusive sums of ln f along the sequence, f the forget gates
    of each query head, at the query's and at the key's step (B x H x M and
    B x H x N). The gate of the key's own step cancels. The sums are the
    caller's: they are part of what a cache holds. Source: Lin et al., Forgetting
    Transformer (arXiv 2503.02130), eq. 4.

    Cost: once a (query, key): two reads.

    ```mlir
    %t = attn.bias %s (#attn.fox) captures(%fq, %fk : tensor<?x?x?xf32>, tensor<?x?x?xf32>) : tensor<?x?x?x?xf32>
    ```
  }];
}
