//===- RoPE.td - Rotary position embedding -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ScalingList
    : OptionalArrayRefParameter<"SpectrumScalingAttrInterface"> {
  let parser = "parseScaling($_parser)";
  let printer = "printScaling($_printer, $_self)";
}

def Attn_RoPEAttr : Attn_Attr<"RoPE", "rope", [
    DeclareAttrInterfaceMethods<Attn_RotaryInterface, ["verifyWidth", "hasMagnitude",
        "evaluateMagnitude", "expandMagnitude"]>]> {
  let summary = "rotary position embedding";
  let description = [{
    With r rotated channels (`rotary`, every channel if absent) pair k < r/2
    turns by `position * w_k`, `w_k = base^(-2 k / r)`. Pair k is channels
    (k, k + r/2) in the half layout and (2 k, 2 k + 1) in the interleaved one.
    Channels [r, D) pass through. `scaling` is a chain of spectrum scalings:
    first each link in turn maps the base, then each in turn maps w_k; what the
    links say of the magnitude of a rotated pair multiplies.

    Constraints: `base` is finite and > 1; r is even, positive and at most D.

    Source: Su et al., RoFormer (arXiv 2104.09864), sec. 3.2.

    Cost: once a (position, pair).

    ```mlir
    #attn.rope<base = 1.0e4>
    #attn.rope<base = 5.0e5, layout = interleaved, rotary = 32,
               scaling = [#attn.linear<factor = 4.0>]>
    ```
  }];
  let parameters = (ins Attn_Number<"frequency base">:$base, Attn_LayoutParam:$layout,
                        OptionalParameter<"std::optional<int64_t>">:$rotary,
                        Attn_ScalingList:$scaling);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
