//===- Documents.td - Packed documents by segment ids -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DocumentsAttr : Attn_Attr<"Documents", "documents", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "keys of the query's own document";
  let description = [{
    `visible = segments_q[batch, queryIndex] == segments_k[batch, keyIndex]` of
    two captured `tensor<?x?xi32>`, places `query` and `key` of the list of
    captures; one tensor serves both where queries and keys are the same tokens.
    Ids are any numbers, in any order: tokens of one document need not follow
    each other, though tiles are skipped only where they mostly do. It is about
    rows, not positions; `#attn.and<[#attn.documents<...>, #attn.causal]>` is
    causal within each document.

    Cost: a summary of the segment ids, O(M + N) a call.

    Constraints: 0 <= query, key < 256; the captured tensors are
    `tensor<?x?xi32>`.

    Source: the document mask of FlexAttention (arXiv 2412.05496) and the
    segment ids of JAX's splash attention.

    ```mlir
    %p = attn.softmax %s at (%pq, %pk)
         visible(#attn.and<[#attn.documents<query = 0, key = 0>, #attn.causal]>)
         captures(%segments : tensor<?x?xi32>)
         : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins "int64_t":$query, "int64_t":$key);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
