//===- LongRoPE.td - Factors of each frequency, by length -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_Factors : Attn_Numbers<"divisor of each frequency">;
def Attn_OptionalFactors : Attn_Numbers<"divisor of each frequency, or none"> {
  let defaultValue = "::mlir::DenseF64ArrayAttr()";
}

def Attn_LongRoPEAttr : Attn_Attr<"LongRoPE", "long_rope", [
    DeclareAttrInterfaceMethods<Attn_ScalingInterface, ["needsLength",
        "verifyWidth", "evaluateFrequency", "expandFrequency"]>]> {
  let summary = "a divisor of each frequency, another list for long inputs";
  let description = [{
    With L the op's `length` operand, read anew at each call,

    `w_k -> w_k / short_factors[k]` if L <= trained, else
    `w_k -> w_k / long_factors[k]`. Without `short_factors` and `trained` the
    long ones serve every length and there is no length operand. Keys that are
    cached after rotation keep the list of their call. The paper's magnitude is
    `#attn.magnitude`. Source: Ding et al., LongRoPE (arXiv 2402.13753), eq. 3.

    Constraints: there are r / 2 factors in each list, finite and > 0;
    `short_factors` and `trained` come together; 1 <= `trained` <= 2^24.

    Cost: once a channel pair.

    ```mlir
    #attn.rope<base = 1.0e4, scaling = [#attn.long_rope<
        short_factors = [1.0, 1.0], long_factors = [1.5, 8.0], trained = 4096>]>
    ```
  }];
  let parameters = (ins Attn_OptionalFactors:$short_factors, Attn_Factors:$long_factors,
                        OptionalParameter<"std::optional<int64_t>">:$trained);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
