//===- Chunked.td - Keys of the query's own and near chunks -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ChunkedAttr : Attn_Attr<"Chunked", "chunked", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "keys of the query's own chunk of positions, and of near ones";
  let description = [{
    `visible = -ahead <= floor(queryPos / size) - floor(keyPos / size) <= back`:
    blocks of `size` positions, rounded down on the negative side too, that see
    themselves, `back` blocks before and `ahead` blocks after, none unless
    written. It says nothing about order;
    `#attn.and<[#attn.chunked<size = 8192>, #attn.causal]>` is the local layer of
    Llama 4, `back = 1, ahead = 1` the block window of BigBird.

    Cost: tiles by intervals, nothing else.

    Constraints: 1 <= size <= 2^24; 0 <= back, ahead < 2^31.

    ```mlir
    #attn.chunked<size = 8192>
    #attn.chunked<size = 64, back = 1, ahead = 1>
    ```
  }];
  let parameters = (ins "int64_t":$size,
                        DefaultValuedParameter<"int64_t", "0">:$back,
                        DefaultValuedParameter<"int64_t", "0">:$ahead);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
