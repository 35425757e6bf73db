//===- Shaw.td - What a query says of a distance -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ShawAttr : Attn_Attr<"Shaw", "shaw", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["getNumCaptures", "verifyCaptures", "boundSlack"]>]> {
  let summary = "a learned key for each distance, up to a limit";
  let description = [{
    `bias = g[b, h, i, clamp(keyPos - queryPos, -clip, clip) + clip]`, of a tensor
    g of B x H x M x (2 `clip` + 1). With g an `attn.project` of the queries and a
    table of 2 `clip` + 1 rows, it is the product of the query and the relative
    key of the distance. A bias is not scaled: scale the table, or the queries.
    Source: Shaw et al. (arXiv 1803.02155), eq. 4, relative keys.

    Constraint: `clip` is within [0, 32767].

    Cost: a product with the table a row, once a (row, distance); beyond `clip`
    one read a (query, key).

    ```mlir
    %g = attn.project %q, %relative : tensor<?x?x?x64xf32>, tensor<1x33x64xf32>
    %t = attn.bias %s at (%pq, %pk) (#attn.shaw<clip = 16>)
        captures(%g : tensor<?x?x?x33xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins "int64_t":$clip);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
