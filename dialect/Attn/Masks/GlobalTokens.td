//===- GlobalTokens.td - Tokens that see and are seen by all -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_GlobalTokensAttr : Attn_Attr<"GlobalTokens", "global_tokens", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "tokens that see and are seen by all";
  let description = [{
    `visible = isGlobal(query) or isGlobal(key)`. With `first` the tokens at
    positions below it are global; with `query` and `key`, places of the list of
    captures, those whose flag is set in `tensor<?x?xi1>` tensors
    (batch x queries and batch x keys; one tensor may be both). The mask of
    Longformer (Beltagy et al., arXiv 2004.05150, sec. 3.1) is
    `#attn.or<[#attn.sliding_window<back = w, ahead = w>,
    #attn.global_tokens<...>]>`; its separate projections of global tokens are
    other tensors, so another attention.

    Cost: tiles by intervals, nothing else; with flags a summary of them,
    O(M + N) a call.

    Constraints: either `first`, within [1, 2^31), or `query` and `key`, within
    [0, 256).

    ```mlir
    #attn.global_tokens<first = 1>
    #attn.global_tokens<query = 0, key = 0>
    ```
  }];
  let parameters = (ins OptionalParameter<"std::optional<int64_t>">:$first,
                        OptionalParameter<"std::optional<int64_t>">:$query,
                        OptionalParameter<"std::optional<int64_t>">:$key);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
