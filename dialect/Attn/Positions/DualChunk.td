//===- DualChunk.td - Positions within chunks -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DualChunkAttr : Attn_Attr<"DualChunk", "dual_chunk", [
    DeclareAttrInterfaceMethods<Attn_DistanceInterface>]> {
  let summary = "distances within a chunk, to the one before, and to all others";
  let description = [{
    With chunks of l = `chunk` - `local` tokens a key stands at n mod l. A query
    stands at m mod l for keys of its own chunk, further away for those of the
    chunk before, and at one place for all earlier ones:

    `distance = (d <= 0 ? m mod l : d == 1 ? min(m mod l + l, chunk) : min(2 l - 1, chunk)) - n mod l`,

    d = floor(m / l) - floor(n / l). Keys of later chunks count as those of the
    query's own; a causal mask hides them. Source: An et al., dual chunk
    attention (arXiv 2402.17463), eq. 5 to 7, and the published code, which
    clamps at `chunk`.

    Constraint: 0 <= `local` < `chunk` <= 2^23.

    Cost: three rotations of the queries, one of the keys; tiles that lie in two
    chunks take a dot product a pair for each.

    ```mlir
    %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.dual_chunk<rotation = #attn.rope<base = 1.0e4>, chunk = 3072, local = 512>)
        scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_Rotation:$rotation, "int64_t":$chunk,
                        "int64_t":$local);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Tokens of a chunk whose rows share positions.
    int64_t getLength() const { return getChunk() - getLocal(); }
  }];
}
