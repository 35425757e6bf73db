//===- Linear.td - Linear position interpolation -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_LinearAttr : Attn_Attr<"Linear", "linear", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["evaluateFrequency",
                                                        "expandFrequency"]>]> {
  let summary = "every frequency divided by a factor";
  let description = [{
    `w_k -> w_k / factor`: positions are interpolated. Source: Chen et al.,
    Position Interpolation (arXiv 2306.15595), eq. 4.

    Constraint: `factor` is finite and > 0.

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 1.0e4, scaling = [#attn.linear<factor = 4.0>]>
    ```
  }];
  let parameters = (ins Attn_Number<"divisor of the frequencies">:$factor);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
