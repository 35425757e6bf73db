//===- Relu.td - Positive scores weigh, others do not -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ReluPower : Attn_Number<"of the positive part"> {
  let defaultValue = "::llvm::APFloat(1.0)";
}
def Attn_ReluAlpha : Attn_Number<"power of the number of keys"> {
  let defaultValue = "::llvm::APFloat(1.0)";
}

def Attn_ReluAttr : Attn_Attr<"Relu", "relu", [
    DeclareAttrInterfaceMethods<Attn_NormalizerInterface,
                                ["dividesBySum", "evaluateWeight",
                                 "expandWeight"]>]> {
  let summary = "weights are powers of the positive parts of the scores";
  let description = [{
    `weight_j = max(0, s_j)^power / N^alpha`, N the number of keys of the call
    (also of those that are not visible); with `over_sum` it is `max(0,
    s_j)^power` over the sum of the row, and 0 in a row whose sum is 0. NaN stays
    NaN.

    Source: Wortsman et al. (arXiv 2309.08586), sec. 3; squared: Hua et al.
    (arXiv 2202.10447), sec. 3.1.

    Constraints: `power` is within [0.125, 16]; `alpha` is within [0, 2], and not
    written with `over_sum`.

    Cost: once a (query, key); a power other than 1, 2, 3 and 4 takes an
    exponential and a logarithm.

    ```mlir
    %p = attn.normalize %s by (#attn.relu<power = 2.0, alpha = 1.0>) visible(#attn.causal) : tensor<?x?x?x?xf32>
    ```
  }];
  let parameters = (ins Attn_ReluPower:$power, Attn_ReluAlpha:$alpha,
                        DefaultValuedParameter<"bool", "false">:$over_sum);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
