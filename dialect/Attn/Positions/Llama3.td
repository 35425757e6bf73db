//===- Llama3.td - Scaling of Llama 3.1 frequencies -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_LowTurns : Attn_Number<"turns below which a pair is stretched"> {
  let defaultValue = "::llvm::APFloat(1.0)";
}
def Attn_HighTurns : Attn_Number<"turns above which a pair is kept"> {
  let defaultValue = "::llvm::APFloat(4.0)";
}

def Attn_Llama3Attr : Attn_Attr<"Llama3", "llama3", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["evaluateFrequency",
        "expandFrequency"]>]> {
  let summary = "long wavelengths stretched, as Llama 3.1 does";
  let description = [{
    With `t = trained * w / 2 pi` turns of a pair within the trained length:
    `w -> w / factor` if t < low, `w -> w` if t > high, and between them

    `w -> (1 - keep) * w / factor + keep * w`, `keep = (t - low) / (high - low)`.
    Equal bounds are a step: t < low is stretched. Defaults are low = 1,
    high = 4. Source: the published code of Llama 3.1 (llama-models,
    models/llama3/model.py).

    Constraints: `factor` is finite and >= 1; 1 <= `trained` <= 2^24;
    0 < low <= high, finite.

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 5.0e5, scaling = [#attn.llama3<factor = 8.0, trained = 8192>]>
    ```
  }];
  let parameters = (ins Attn_Number<"divisor of slow frequencies">:$factor,
                        "int64_t":$trained, Attn_LowTurns:$low, Attn_HighTurns:$high);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
