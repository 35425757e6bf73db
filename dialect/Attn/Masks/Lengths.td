//===- Lengths.td - Key lengths of a padded batch -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_LengthsAttr : Attn_Attr<"Lengths", "lengths", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "the first keys of each batch entry, the rest is padding";
  let description = [{
    `visible = keyIndex < captures[capture][batch]` of a `tensor<?xi32>`. It is
    about rows, not positions, and needs no positions. A length above N sees
    every key, a length of 0 or less none.

    Cost: tiles by intervals, nothing else.

    Constraints: 0 <= capture < 256; the captured tensor is a `tensor<?xi32>`.

    ```mlir
    %p = attn.softmax %s visible(#attn.lengths<capture = 0>)
         captures(%lengths : tensor<?xi32>) : tensor<?x?x?x?xf32>
    ```
  }];
  let parameters = (ins "int64_t":$capture);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
