//===- Causal.td - No key after the query -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_CausalAttr : Attn_Attr<"Causal", "causal", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "keys up to the query's position";
  let description = [{
    `visible = keyPos <= queryPos`. How the positions of queries and keys meet
    (bottom-right or top-left) is said by `attn.positions`, not here.

    Cost: tiles by intervals, nothing else.

    ```mlir
    #attn.causal
    ```
  }];
}
