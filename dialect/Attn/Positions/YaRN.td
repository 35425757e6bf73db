//===- YaRN.td - Yet another RoPE extension -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_YaRNSlow : Attn_Number<"turns of an interpolated pair"> {
  let defaultValue = "::llvm::APFloat(1.0)";
}
def Attn_YaRNFast : Attn_Number<"turns of a pair that is kept"> {
  let defaultValue = "::llvm::APFloat(32.0)";
}

def Attn_YaRNAttr : Attn_Attr<"YaRN", "yarn", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["evaluateFrequency",
        "expandFrequency"]>]> {
  let summary = "slow pairs interpolated, fast pairs kept, by pair number";
  let description = [{
    `pair(t) = r ln(trained / (2 pi t)) / (2 ln base)` is the pair that turns t
    times within the trained length. With `first = max(0, floor(pair(fast)))`,
    `last = min(r - 1, ceil(pair(slow)))` (without floor and ceil if `truncate`
    is false; last is first + 1/1000 if they are equal) and
    `slowed = clamp((k - first) / (last - first), 0, 1)` for pair k,

    `w_k -> slowed * w_k / factor + (1 - slowed) * w_k`. Defaults are slow = 1,
    fast = 32, truncate = true. The base is that of the whole chain. This link
    changes frequencies alone: the attention temperature of the paper,
    `0.1 ln(factor) + 1` on both sides, is `#attn.magnitude`, and models differ
    in it. Source: Peng et al., YaRN (arXiv 2309.00071) and the published code,
    whose ramp is linear in the pair's number, not in its turns.

    Constraints: `factor` is finite and >= 1; 1 <= `trained` <= 2^24;
    0 < slow < fast, finite.

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 1.0e4, scaling = [
        #attn.yarn<factor = 16.0, trained = 4096>, #attn.magnitude<1.277259>]>
    ```
  }];
  let parameters = (ins Attn_Number<"divisor of slow frequencies">:$factor,
                        "int64_t":$trained, Attn_YaRNSlow:$slow, Attn_YaRNFast:$fast,
                        DefaultValuedParameter<"bool", "true">:$truncate);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
