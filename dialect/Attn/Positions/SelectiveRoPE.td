//===- SelectiveRoPE.td - Rotation by angles of the input -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SelectiveRoPEAttr : Attn_Attr<"SelectiveRoPE", "selective_rope", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface, ["usesPositions", "getNumCaptures",
        "verifyCaptures"]>]> {
  let summary = "pairs that turn by a captured tensor of angles";
  let description = [{
    Pair k of row (b, h, l) turns by `angle[b, h, l, k]` radians, a captured
    tensor of D / 2 pairs: `y_a = x_a cos t - x_b sin t`, `y_b = x_b cos t + x_a sin t`.
    The angles, sums along the sequence of what the input says, times a
    temperature, are the caller's, with the heads of the rows they turn; they are
    f32, |angle| <= 2^24. Source: Movahedi et al., Selective RoPE
    (2025) and the published code.

    Constraint: D is even.

    Cost: once a (row, pair).

    ```mlir
    %r = attn.encode %q (#attn.selective_rope) captures(%angles : tensor<?x?x?x32xf32>) : tensor<?x?x?x64xf32>
    ```
  }];
  let parameters = (ins Attn_LayoutParam:$layout);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
}
