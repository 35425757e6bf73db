//===- Prefix.td - A prefix that every query sees -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_PrefixAttr : Attn_Attr<"Prefix", "prefix", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
                                                     "verifyCaptures"]>]> {
  let summary = "keys at positions below a length";
  let description = [{
    `visible = keyPos < length`, where the length is a number of the program or,
    with `capture`, `captures[capture][batch]` of a `tensor<?xi32>`. It is about
    positions, not rows: with a query offset the prefix stays where it was. A
    prefix language model is `#attn.or<[#attn.causal, #attn.prefix<...>]>`.

    Cost: tiles by intervals, nothing else.

    Constraints: exactly one of `length` (0 <= length < 2^31) and `capture`
    (0 <= capture < 256); the captured tensor is a `tensor<?xi32>`.

    ```mlir
    #attn.or<[#attn.causal, #attn.prefix<length = 128>]>
    #attn.or<[#attn.causal, #attn.prefix<capture = 0>]>
    ```
  }];
  let parameters = (ins OptionalParameter<"std::optional<int64_t>">:$length,
                        OptionalParameter<"std::optional<int64_t>">:$capture);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
