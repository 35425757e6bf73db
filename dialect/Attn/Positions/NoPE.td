//===- NoPE.td - No position at all -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_NoPEAttr : Attn_Attr<"NoPE", "nope", [
    DeclareAttrInterfaceMethods<Attn_RotaryInterface>]> {
  let summary = "no positional encoding";
  let description = [{
    Rotates no channel: `attn.rotate %x at %p (#attn.nope)` is `%x`. A program
    that selects its encoding by an attribute can say so without dropping the
    op; it is not a rotation by frequency 0.

    Cost: none.

    ```mlir
    #attn.nope
    ```
  }];
}
