//===- Sandwich.td - Summed cosines of the distance -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SandwichAttr : Attn_Attr<"Sandwich", "sandwich", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["boundSlack"]>]> {
  let summary = "the product of sinusoidal encodings as a bias";
  let description = [{
    `bias = H / (8 (h + 1)) * sum_k cos((queryPos - keyPos) * 10000^(-2 k / dim))`
    over k < dim / 2: what the product of two sinusoidal encodings of `dim`
    channels says of the distance, divided by the slope of each of the call's H
    heads. Its largest value, dim / 2 at distance 0, stays. Source: Chi et al.
    (arXiv 2212.10356), eq. 3 and attention-gym.

    Constraint: `dim` is even, within [2, 256].

    Cost: once a (head, distance).

    ```mlir
    %t = attn.bias %s at (%pq, %pk) (#attn.sandwich<dim = 128>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "128">:$dim);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
