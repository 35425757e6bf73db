//===- Temperature.td - Queries that sharpen with the position -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_LogNAttr : Attn_Attr<"LogN", "log_n", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface>]> {
  let summary = "queries that grow with the logarithm of the position";
  let description = [{
    `y = x * max(1, ln(max(1, p + 1)) / ln(trained))` for a query at position p:
    scores past the trained length are sharpened, so that the weights keep their
    entropy. Source: Su, log-n scaling of attention, as in the published code of
    ReRoPE.

    Constraint: 2 <= `trained` <= 2^24.

    Cost: once a row.

    ```mlir
    %y = attn.encode %q at %pq (#attn.log_n<trained = 4096>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins "int64_t":$trained);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Attn_Slope : Attn_Number<"growth of the factor"> {
  let defaultValue = "::llvm::APFloat(0.1)";
}

def Attn_StepTemperatureAttr : Attn_Attr<"StepTemperature", "step_temperature", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface>]> {
  let summary = "queries that grow with the logarithm of a step of the position";
  let description = [{
    `y = x * (1 + slope * ln(1 + floor((p + shift) / step)))` for a query at
    position p, with a quotient of at least 0. Llama 4 has slope 0.1, step 8192
    and shift 1 (the defaults) in its layers without positions; Ministral 3 has
    shift 0. Source: the published code of both (attention temperature tuning).

    Constraints: `slope` is finite and >= 0; 1 <= `step` <= 2^24; `shift` is
    within [0, 2^24].

    Cost: once a row.

    ```mlir
    %y = attn.encode %q at %pq (#attn.step_temperature<slope = 0.1, step = 8192>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_Slope:$slope,
                        DefaultValuedParameter<"int64_t", "8192">:$step,
                        DefaultValuedParameter<"int64_t", "1">:$shift);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
