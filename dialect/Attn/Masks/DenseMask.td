//===- DenseMask.td - What a tensor of the caller says -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DenseMaskAttr : Attn_Attr<"DenseMask", "dense_mask", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "what a tensor of the caller says of every pair";
  let description = [{
    `visible = mask[batch, head, queryIndex, keyIndex]` of a captured
    `tensor<?x?x?x?xi1>`; an extent of batch or head that is statically 1 serves
    all. The last resort: the tensor is as large as the scores, it is read for
    every pair, and no tile is skipped for it (those that another mask of an
    `#attn.and` leaves empty are). Sextant makes no such tensor by itself.

    Cost: one read a pair, and no tile is skipped.

    Constraint: 0 <= capture < 256.

    ```mlir
    #attn.and<[#attn.causal, #attn.dense_mask<capture = 0>]>
    ```
  }];
  let parameters = (ins "int64_t":$capture);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
