//===- DynamicNTK.td - NTK scaling by the running length -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DynamicNTKAttr : Attn_Attr<"DynamicNTK", "dynamic_ntk", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["needsLength",
        "verifyWidth", "evaluateBase", "expandBase"]>]> {
  let summary = "a base that grows with the sequence length";
  let description = [{
    With L the op's `length` operand and r rotated channels,

    `base -> base * max(1, factor * L / trained - (factor - 1))^(r / (r - 2))`:
    unchanged up to the trained length. L is read anew at each call: nothing is
    remembered between calls, and keys must be cached before they are rotated.

    Constraints: `factor` is finite and >= 1; 1 <= `trained` <= 2^24; r > 2.

    Cost: once a channel pair.

    ```mlir
    %r = attn.rotate %q at %pq (#attn.rope<base = 1.0e4,
        scaling = [#attn.dynamic_ntk<factor = 4.0, trained = 512>]>)
        length(%n : tensor<i32>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_Number<"growth of the base">:$factor,
                        "int64_t":$trained);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
