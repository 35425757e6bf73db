//===- PRoPE.td - Rotation of the fast pairs alone -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_PRoPEAttr : Attn_Attr<"PRoPE", "p_rope", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["evaluateFrequency",
        "expandFrequency"]>]> {
  let summary = "the slow pairs do not rotate";
  let description = [{
    `w_k -> w_k if k < floor(fraction * r / 2) else 0`: the slower pairs carry no
    position. Unlike `rotary`, which rotates the first
    channels at a spectrum of their own, the exponents count every channel and
    pairs stay where they are. Source: Barbero et al. (arXiv 2410.06205),
    sec. 6, p-RoPE.

    Constraint: `fraction` is within [0, 1].

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 1.0e6, scaling = [#attn.p_rope<fraction = 0.25>]>
    ```
  }];
  let parameters = (ins Attn_Number<"share of the pairs that rotate">:$fraction);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
