//===- Dilated.td - Keys at multiples of a step from the query -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DilatedAttr : Attn_Attr<"Dilated", "dilated", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "keys at multiples of a step from the query";
  let description = [{
    `visible = (queryPos - keyPos) mod step == 0`, before and after the query
    alike. A dilated window is
    `#attn.and<[#attn.sliding_window<...>, #attn.dilated<...>]>`; the strided
    pattern of the Sparse Transformer (Child et al., arXiv 1904.10509, sec. 4.3)
    is the last `step` keys or every `step`-th, as below.

    Cost: tiles by intervals, nothing else; tiles wider than a step are
    tested.

    Constraint: 1 <= step <= 2^24.

    ```mlir
    #attn.and<[#attn.causal,
        #attn.or<[#attn.sliding_window<back = 127, ahead = 0>,
                  #attn.dilated<step = 128>]>]>
    ```
  }];
  let parameters = (ins "int64_t":$step);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
