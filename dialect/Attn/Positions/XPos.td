//===- XPos.td - Decay with the distance by pairs -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ScaleBase : Attn_Number<"positions a decay by zeta"> {
  let defaultValue = "::llvm::APFloat(512.0)";
}
def Attn_Gamma : Attn_Number<"evens the pairs' decays out"> {
  let defaultValue = "::llvm::APFloat(0.4)";
}

def Attn_XPosAttr : Attn_Attr<"XPos", "xpos", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["hasMagnitude",
        "evaluateMagnitude", "expandMagnitude"]>]> {
  let summary = "rotated pairs that decay with the distance";
  let description = [{
    With `zeta_k = (2 k / r + gamma) / (1 + gamma)` for pair k of r rotated
    channels, a query at m is multiplied by `zeta_k^((m - center) / scale_base)`
    and a key at n by `zeta_k^(-(n - center) / scale_base)`, so that the pair's
    product decays as

    `zeta_k^((m - n) / scale_base)`: for causal attention, where m >= n. Both
    sides take the same center, which cancels; it keeps the factors in range:
    |position - center| up to 36000 at the defaults, scale_base = 512,
    gamma = 0.4, center = 0. Source: Sun et al., A Length-Extrapolatable
    Transformer (arXiv 2212.10554), sec. 3.

    Constraints: `scale_base` is finite and > 0; `gamma` is finite and > 0;
    |center| <= 2^24.

    Cost: once a (position, pair).

    ```mlir
    %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4,
        scaling = [#attn.xpos<side = query>]>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4,
        scaling = [#attn.xpos<side = key>]>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins EnumParameter<Attn_ScoreSide>:$side, Attn_ScaleBase:$scale_base, Attn_Gamma:$gamma,
                        DefaultValuedParameter<"int64_t", "0">:$center);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
