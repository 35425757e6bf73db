//===- SlidingWindow.td - Keys near the query -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SlidingWindowAttr : Attn_Attr<"SlidingWindow", "sliding_window", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "keys at most `back` before and `ahead` after the query";
  let description = [{
    `visible = queryPos - keyPos <= back and keyPos - queryPos <= ahead`. Both
    distances count the query's own position as 0: `back = 511, ahead = 0` sees
    512 keys, the query's own among them, and implies causality. Both are
    written, so that no side is unbounded by omission; one side alone is
    `#attn.causal` or a region.

    Cost: tiles by intervals, nothing else.

    Constraint: 0 <= back, ahead < 2^31.

    ```mlir
    #attn.sliding_window<back = 511, ahead = 0>
    ```
  }];
  let parameters = (ins "int64_t":$back, "int64_t":$ahead);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
