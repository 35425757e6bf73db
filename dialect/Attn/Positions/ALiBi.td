//===- ALiBi.td - Attention with linear biases -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_MaxExponent : Attn_Number<"E"> {
  let defaultValue = "::llvm::APFloat(8.0)";
}

def Attn_ALiBiAttr : Attn_Attr<"ALiBi", "alibi", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface>]> {
  let summary = "a penalty proportional to the distance, one slope a head";
  let description = [{
    `bias = -slope_h * |queryPos - keyPos|`. With H heads, E = `max_exponent` (8)
    and N the largest power of two that is at most H:

    - `slope_h = 2^(-E (h + 1) / N)` for h < N,
    - `slope_h = 2^(-E (h - N + 1/2) / N)` for the heads past N: every other
      slope of the sequence for 2 N heads.

    H is the head count of the call (`attn.extent heads`), so one program
    serves every head count. The bias is in natural units and not multiplied by
    the score scale. Source: Press et al. (arXiv 2108.12409), sec. 3 and the
    published code.

    Constraint: `max_exponent` is finite and > 0.

    Cost: once a (head, distance).

    ```mlir
    #attn.alibi
    #attn.alibi<max_exponent = 4.0>
    ```
  }];
  let parameters = (ins Attn_MaxExponent:$max_exponent);
  let assemblyFormat = "(`<` struct($max_exponent)^ `>`)?";
  let genVerifyDecl = 1;
}
