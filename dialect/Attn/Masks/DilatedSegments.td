//===- DilatedSegments.td - One residue class of each segment -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DilatedSegmentsAttr : Attn_Attr<"DilatedSegments", "dilated_segments", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "one residue class of each segment, another a group of heads";
  let description = [{
    `visible = floor(queryPos / size) == floor(keyPos / size) and both (p mod size) mod step == floor(head * step / H)`,
    p either position: of each segment a head keeps every `step`-th token.
    Queries at other offsets see nothing. One branch of LongNet
    (Ding et al., arXiv 2307.02486, sec. 3.2 and 3.3): its branches, of other
    sizes and steps, are attentions of their own that are merged by their
    log-sum-exp, so that a key in two branches counts twice; a union of masks
    would be something else.

    Cost: tiles by intervals, nothing else; tiles within a segment are
    tested.

    Constraints: 1 <= size <= 2^24, 1 <= step <= min(size, 2^12).

    ```mlir
    #attn.dilated_segments<size = 2048, step = 2>
    ```
  }];
  let parameters = (ins "int64_t":$size, "int64_t":$step);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
