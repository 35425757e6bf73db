//===- Magnitude.td - A constant factor of rotated channels -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_MagnitudeAttr : Attn_Attr<"Magnitude", "magnitude", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["hasMagnitude", "evaluateMagnitude", "expandMagnitude"]>]> {
  let summary = "every rotated channel times a number";
  let description = [{
    The rotated channels are multiplied by `factor`: on both sides of a score it
    acts as its square, an attention temperature (YaRN: `0.1 ln s + 1` for
    extension by s; LongRoPE: `sqrt(1 + ln(longest / trained) / ln trained)`).
    Channels past the rotary width stay: for a partial rotation this is not a
    factor of the score scale.

    Constraint: the factor is finite and > 0.

    Cost: none: it joins the features.

    ```mlir
    #attn.rope<base = 1.0e4, scaling = [#attn.magnitude<1.277259>]>
    ```
  }];
  let parameters = (ins Attn_Number<"factor of a rotated channel">:$factor);
  let assemblyFormat = "`<` $factor `>`";
  let genVerifyDecl = 1;
}
