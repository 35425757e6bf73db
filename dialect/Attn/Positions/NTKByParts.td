//===- NTKByParts.td - Frequencies slowed by their turns -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SlowTurns : Attn_Number<"turns of an interpolated pair"> {
  let defaultValue = "::llvm::APFloat(1.0)";
}
def Attn_FastTurns : Attn_Number<"turns of a pair that is kept"> {
  let defaultValue = "::llvm::APFloat(32.0)";
}

def Attn_NTKByPartsAttr : Attn_Attr<"NTKByParts", "ntk_by_parts", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["evaluateFrequency",
        "expandFrequency"]>]> {
  let summary = "slow pairs interpolated, fast pairs kept, by turns";
  let description = [{
    A pair turns `t = trained * w / 2 pi` times within the trained length. With
    `keep = clamp((t - slow) / (fast - slow), 0, 1)`,

    `w -> (1 - keep) * w / factor + keep * w`: pairs of at most `slow` turns are
    interpolated, pairs of at least `fast` turns keep their frequency. Defaults
    are slow = 1, fast = 32. Source: Peng et al., YaRN (arXiv 2309.00071),
    sec. 3.2.

    Constraints: `factor` is finite and >= 1; 1 <= `trained` <= 2^24;
    0 < slow < fast, finite.

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 1.0e4,
               scaling = [#attn.ntk_by_parts<factor = 16.0, trained = 4096>]>
    ```
  }];
  let parameters = (ins Attn_Number<"divisor of slow frequencies">:$factor,
                        "int64_t":$trained, Attn_SlowTurns:$slow, Attn_FastTurns:$fast);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
