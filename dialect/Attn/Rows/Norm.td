//===- Norm.td - Rows of one length -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_RMSEpsilon : Attn_Number<"added to the mean square"> {
  let defaultValue = "::llvm::APFloat(1.0e-6)";
}
def Attn_L2Epsilon : Attn_Number<"the least length that is divided by"> {
  let defaultValue = "::llvm::APFloat(1.0e-12)";
}
def Attn_WeightOffset : Attn_Number<"added to the weight"> {
  let defaultValue = "::llvm::APFloat(0.0)";
}

def Attn_RMSNormAttr : Attn_Attr<"RMSNorm", "rms_norm", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface,
                                ["usesPositions", "mixesChannels",
                                 "getNumCaptures", "verifyCaptures"]>]> {
  let summary = "rows over the root of their mean square";
  let description = [{
    `y_c = x_c / sqrt(mean_c(x_c^2) + eps)`, and with `weighted` that times
    `w_c + offset`, w a captured tensor of one number a channel, of f32, f16 or
    bf16. Gemma's weights count from 1: `offset = 1.0`. A row of zeros gives
    zeros. Before a rotation it is the query and key norm of Qwen 3 and Gemma 3,
    after one, without weights, that of Llama 4. The squares are summed up in
    f32: a row whose sum is beyond f32 gives zeros.

    Source: Zhang and Sennrich (arXiv 1910.07467), eq. 4; on queries and keys
    Dehghani et al. (arXiv 2302.05442), sec. 2.

    Constraints: `eps` is within [10^-30, 1]; `offset` is finite, and 0 without
    `weighted`.

    Cost: one pass over the rows, then once a row.

    ```mlir
    %y = attn.encode %q (#attn.rms_norm<eps = 1.0e-6, weighted = true>) captures(%w : tensor<64xf32>) : tensor<?x?x?x64xf32>
    ```
  }];
  let parameters = (ins Attn_RMSEpsilon:$eps,
                        DefaultValuedParameter<"bool", "false">:$weighted,
                        Attn_WeightOffset:$offset);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}

def Attn_L2NormAttr : Attn_Attr<"L2Norm", "l2_norm", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface,
                                ["usesPositions", "mixesChannels",
                                 "getNumCaptures", "verifyCaptures"]>]> {
  let summary = "rows of length 1";
  let description = [{
    `y_c = x_c / max(sqrt(sum_c(x_c^2)), eps)`, and with `weighted` that times
    `w_c + offset`, as in `#attn.rms_norm`. A row of zeros gives zeros. Scores of
    such rows are cosines; a learned temperature a head is an `attn.score_map`.

    Source: Liu et al., Swin V2 (arXiv 2111.09883), eq. 2.

    Constraints: `eps` is within [10^-15, 1]; `offset` is finite, and 0 without
    `weighted`.

    Cost: one pass over the rows, then once a row.

    ```mlir
    %y = attn.encode %q (#attn.l2_norm) : tensor<?x?x?x64xf32>
    ```
  }];
  let parameters = (ins Attn_L2Epsilon:$eps,
                        DefaultValuedParameter<"bool", "false">:$weighted,
                        Attn_WeightOffset:$offset);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
