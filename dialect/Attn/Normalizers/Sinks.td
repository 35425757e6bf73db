//===- Sinks.td - Softmax with keys that have no value -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SinkLogit : Attn_Number<"the extra logit"> {
  let defaultValue = "::llvm::APFloat(0.0)";
}

def Attn_SinkAttr : Attn_Attr<"Sink", "sink", [
    DeclareAttrInterfaceMethods<Attn_NormalizerInterface,
                                ["isSoftmax", "evaluateExtraLogits",
                                 "expandExtraLogits"]>]> {
  let summary = "softmax with one fixed logit more in the sum";
  let description = [{
    `weight_j = exp(s_j) / (exp(logit) + sum_j' exp(s_j'))`: a row may attend to
    nothing. With logit 0 (the default) it is softmax off by one. The
    log-sum-exp counts the logit, so a row that sees no key has output 0 and
    log-sum-exp `logit`. It is in natural units and not scaled.

    Source: Miller, Attention is off by one (2023).

    Constraint: `logit` is finite.

    Cost: once a row.

    ```mlir
    %p = attn.normalize %s by (#attn.sink<logit = 0.0>) visible(#attn.causal) : tensor<?x?x?x?xf32>
    ```
  }];
  let parameters = (ins Attn_SinkLogit:$logit);
  let assemblyFormat = "(`<` struct($logit)^ `>`)?";
  let genVerifyDecl = 1;
}

def Attn_LearnedSinksAttr : Attn_Attr<"LearnedSinks", "learned_sinks", [
    DeclareAttrInterfaceMethods<Attn_NormalizerInterface,
                                ["isSoftmax", "getNumCaptures", "verifyCaptures",
                                 "evaluateExtraLogits", "expandExtraLogits"]>]> {
  let summary = "softmax with learned logits more in the sum, for each head";
  let description = [{
    `weight_j = exp(s_j) / (sum_t exp(z_ht) + sum_j' exp(s_j'))`, z a captured
    tensor of one number a head or, of shape H x T, of T numbers a head (T at most
    64, fixed), of f32, f16 or bf16. The log-sum-exp counts them. They are in
    natural units and not scaled.

    Source: OpenAI, gpt-oss (2025), the published code; Xiao et al.
    (arXiv 2309.17453), sec. 3.3.

    Cost: once a row.

    ```mlir
    %p = attn.normalize %s by (#attn.learned_sinks) with (%z : tensor<?xf32>) : tensor<?x?x?x?xf32>
    ```
  }];
}
