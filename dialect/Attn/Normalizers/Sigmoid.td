//===- Sigmoid.td - Each key weighs by itself -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SigmoidBias : Attn_Number<"added to the score"> {
  let defaultValue = "::llvm::APFloat(0.0)";
}

def Attn_SigmoidAttr : Attn_Attr<"Sigmoid", "sigmoid", [
    DeclareAttrInterfaceMethods<Attn_NormalizerInterface,
                                ["evaluateWeight", "expandWeight"]>]> {
  let summary = "weights are logistic functions of the scores";
  let description = [{
    `weight_j = 1 / (1 + exp(-(s_j + bias)))`, with `per_key` of `s_j + bias -
    ln N`, N the number of keys of the call: rows of N keys then have weights that
    add up to about 1. Nothing couples the keys of a row: there is no sum.

    Source: Ramapuram et al. (arXiv 2409.04431), eq. 3 and sec. 3.2.

    Constraint: `bias` is finite.

    Cost: once a (query, key): an exponential and a division.

    ```mlir
    %p = attn.normalize %s by (#attn.sigmoid<per_key = true>) visible(#attn.causal) : tensor<?x?x?x?xf32>
    ```
  }];
  let parameters = (ins Attn_SigmoidBias:$bias,
                        DefaultValuedParameter<"bool", "false">:$per_key);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
