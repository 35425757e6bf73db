//===- ReRoPE.td - Rotary distances that stop growing -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_ReRoPEAttr : Attn_Attr<"ReRoPE", "rerope", [
    DeclareAttrInterfaceMethods<Attn_DistanceInterface, ["getDivisor"]>]> {
  let summary = "the distance up to a window, and no further";
  let description = [{
    With D = queryPos - keyPos and w = `window` the distance is D where |D| < w,
    else it grows no more or, with `leak`, `leak` times more slowly:

    `distance = sign(D) * (|D| < w ? |D| : w + (|D| - w) / leak)`,

    where an absent `leak` stands for infinity. The published code adds
    `#attn.log_n` to the queries. Source: Su, Rectified Rotary Position
    Embeddings (2023), and the published code, ReRoPE and Leaky ReRoPE.

    Constraints: `window` is within [1, 2^24], `leak` within [2, 2^24 / window].

    Cost: three rotations of a row; tiles of which some pairs lie on each side of
    the window take two dot products a pair.

    ```mlir
    %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.rerope<rotation = #attn.rope<base = 1.0e4>, window = 512>)
        scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_Rotation:$rotation, "int64_t":$window,
                        OptionalParameter<"std::optional<int64_t>">:$leak);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
