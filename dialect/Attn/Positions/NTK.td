//===- NTK.td - NTK-aware scaling of a spectrum -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_NTKAttr : Attn_Attr<"NTK", "ntk", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["verifyWidth",
                                                        "evaluateBase",
                                                        "expandBase"]>]> {
  let summary = "a larger base: the slowest pair slows by alpha";
  let description = [{
    `base -> base * alpha^(r / (r - 2))` for r rotated channels: the fastest
    pair keeps its frequency, the slowest is divided by exactly alpha.

    Constraints: `alpha` is finite and >= 1; r > 2.

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 1.0e4, scaling = [#attn.ntk<alpha = 8.0>]>
    ```
  }];
  let parameters = (ins Attn_Number<"slowing of the slowest pair">:$alpha);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
