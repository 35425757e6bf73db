//===- Chunked.td - Keys of the query's own chunk -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ChunkedAttr : Attn_Attr<"Chunked", "chunked", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "keys of the query's own chunk of positions";
  let description = [{
    `visible = floor(queryPos / size) == floor(keyPos / size)`: blocks of `size`
    positions that do not see each other, also on the negative side. It says
    nothing about order; `#attn.and<[#attn.chunked<size = 8192>, #attn.causal]>`
    is the local layer of Llama 4.

    Constraint: 1 <= size <= 2^24.

    ```mlir
    #attn.chunked<size = 8192>
    ```
  }];
  let parameters = (ins "int64_t":$size);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
