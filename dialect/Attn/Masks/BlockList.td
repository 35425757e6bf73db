//===- BlockList.td - Blocks of keys that a tensor lists -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_BlockListAttr : Attn_Attr<"BlockList", "block_list", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "blocks of keys that a tensor lists for each block of queries";
  let description = [{
    `visible = any r: blocks[batch, head, floor(queryIndex / size), r] == floor(keyIndex / size)`,
    r < R, of a captured `tensor<?x?x?xRxi32>`. An extent of batch or head that
    is statically 1 serves all. The list is short and its length R is part of the
    type; an unused place holds -1. The random blocks of BigBird (Zaheer et al.,
    arXiv 2007.14062, sec. 2) and the selected blocks of a planner (NSA, MoBA) are
    such lists; below is BigBird.

    Cost: R reads a (query tile, head), and a comparison each a tile of
    keys.

    Constraints: 1 <= size <= 2^24; 0 <= capture < 256; 1 <= R <= 16.

    ```mlir
    #attn.or<[#attn.chunked<size = 64, back = 1, ahead = 1>,
              #attn.global_tokens<query = 0, key = 0>,
              #attn.block_list<size = 64, capture = 1>]>
    ```
  }];
  let parameters = (ins "int64_t":$size, "int64_t":$capture);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
