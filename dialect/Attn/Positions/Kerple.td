//===- Kerple.td - Kernelised relative positions -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_KerpleLogAttr : Attn_Attr<"KerpleLog", "kerple_log", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["getNumCaptures", "verifyCaptures",
        "boundSlack"]>]> {
  let summary = "a logarithmic penalty of the distance, learned a head";
  let description = [{
    `bias = -p_h * ln(1 + a_h * d)` for distance d = |queryPos - keyPos|, with two
    learned numbers a head, captured: p and a, in this order. Source: Chi et al.,
    KERPLE (arXiv 2205.09921), eq. 8; the published code keeps p and a >= 0.01
    before they come here.

    Cost: once a (head, distance).

    ```mlir
    %t = attn.bias %s at (%pq, %pk) (#attn.kerple_log)
        captures(%p, %a : tensor<?xf32>, tensor<?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
}

def Attn_KerplePowerAttr : Attn_Attr<"KerplePower", "kerple_power", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["getNumCaptures", "verifyCaptures",
        "boundSlack"]>]> {
  let summary = "a power of the distance as penalty, learned a head";
  let description = [{
    `bias = -a_h * d^p_h` for distance d = |queryPos - keyPos|, 0 at d = 0, with two
    learned numbers a head, captured: p and a, in this order. Source: Chi et al.,
    KERPLE (arXiv 2205.09921), eq. 7; the published code keeps p and a >= 0.01
    before they come here.

    Cost: once a (head, distance).

    ```mlir
    %t = attn.bias %s at (%pq, %pk) (#attn.kerple_power)
        captures(%p, %a : tensor<?xf32>, tensor<?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
}
