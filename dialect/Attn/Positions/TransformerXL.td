//===- TransformerXL.td - Sinusoids of the distance -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_TransformerXLBase : Attn_Number<"frequency base"> {
  let defaultValue = "::llvm::APFloat(10000.0)";
}

def Attn_TransformerXLAttr : Attn_Attr<"TransformerXL", "transformer_xl", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface,
        ["getEncodedChannels", "mixesChannels", "getNumCaptures", "verifyCaptures"]>]> {
  let summary = "the query times a projection of sinusoids of the distance";
  let description = [{
    Both sides of a score are encoded; the dot product of a query at m and a key at
    n is

    `score = (q + u_h) . k + (q + v_h) . W_h R(m - n)` with
    `R(d) = (sin(d w_0), ..., cos(d w_0), ...)` of `features` numbers,
    w_k = base^(-2 k / features). A sinusoid of a difference is a sum of products
    of sinusoids: no number is stored for a distance, and memory is that of longer
    rows. With a = (q + v_h) W_h, F = `features` and K = F / 2, a query becomes
    D + F channels, q + u_h, then a_k sin(m w_k) + a_(K+k) cos(m w_k), then
    a_(K+k) sin(m w_k) - a_k cos(m w_k); a key k, cos(n w_k), sin(n w_k).

    Captured tensors of a query are u and v, H x D, and W transposed, H x F x D;
    a key has none. Source: Dai et al., Transformer-XL (arXiv 1901.02860), sec. 3.3.

    Constraints: `base` is finite and > 1 (10000 by default); `features` is even,
    within [2, 32768].

    Cost: a product with F rows a query; features F wider.

    ```mlir
    %qe = attn.encode %q at %pq (#attn.transformer_xl<side = query, features = 64>)
        captures(%u, %v, %w : tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64x64xf32>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    %ke = attn.encode %k at %pk (#attn.transformer_xl<side = key, features = 64>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins EnumParameter<Attn_ScoreSide>:$side, "int64_t":$features,
                        Attn_TransformerXLBase:$base);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
