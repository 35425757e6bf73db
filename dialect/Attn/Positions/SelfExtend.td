//===- SelfExtend.td - Grouped positions far away -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SelfExtendAttr : Attn_Attr<"SelfExtend", "self_extend", [
    DeclareAttrInterfaceMethods<Attn_DistanceInterface, ["getDivisor"]>]> {
  let summary = "the distance within a window, distances of groups beyond";
  let description = [{
    With m = queryPos, n = keyPos, W = `window` and G = `group`:

    `distance = m - n < W ? m - n : floor(m / G) + W - W / G - floor(n / G)`.

    W / G is not rounded (the published code of the prefill; its decoding rounds
    down where G does not divide W). Source: Jin et al., Self-Extend
    (arXiv 2401.01325), eq. 4, and the published code.

    Constraints: `group` is within [2, 2^24], `window` within
    [1, 2^24 / group].

    Cost: two rotations of a row; tiles of which some pairs lie on each side of
    the window take two dot products a pair.

    ```mlir
    %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.self_extend<rotation = #attn.rope<base = 1.0e4>, window = 1024, group = 8>)
        scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_Rotation:$rotation, "int64_t":$window,
                        "int64_t":$group);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
