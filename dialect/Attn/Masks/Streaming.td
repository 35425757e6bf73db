//===- Streaming.td - Attention sinks and a window -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_StreamingAttr : Attn_Attr<"Streaming", "streaming", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "the first keys and the last ones up to the query";
  let description = [{
    `visible = keyPos <= queryPos and (keyPos < sinks or queryPos - keyPos < window)`.
    Source: Xiao et al., StreamingLLM (arXiv 2309.17453), sec. 3.2.

    The paper's cache holds just these keys and rotates by *slot*, their place
    in the cache. That is no mask but other positions: pass the kept keys and let
    `attn.positions` number them; the mask is then `#attn.causal`. With this mask
    keys keep the positions they were written at. Where a program rotates by slots and
    masks by what the slots hold, it takes the positions of the softmax as an
    argument (`tensor<?x?xi32>`), which may differ from those of the rotation.

    Cost: tiles by intervals, nothing else.

    Constraints: 0 <= sinks < 2^31, 1 <= window < 2^31.

    ```mlir
    #attn.streaming<sinks = 4, window = 2044>
    ```
  }];
  let parameters = (ins "int64_t":$sinks, "int64_t":$window);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
