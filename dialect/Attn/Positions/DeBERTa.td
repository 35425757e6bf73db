//===- DeBERTa.td - What query and key say of a distance -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_DeBERTaAttr : Attn_Attr<"DeBERTa", "deberta", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["getNumCaptures", "verifyCaptures", "boundSlack"]>]> {
  let summary = "disentangled attention: content to position, position to content";
  let description = [{
    `bias = c2p[b, h, i, bucket(queryPos - keyPos)] + p2c[b, h, j, bucket(keyPos - queryPos)]`,
    of tensors of B x H x M x 2 `span` and B x H x N x 2 `span`: an `attn.project`
    of the queries and the position keys, one of the keys and the position
    queries. Scores and tables are scaled by 1 / sqrt(3 D).

    Without `max_distance`, bucket(d) is clamp(d + span, 0, 2 span - 1). With it
    distances up to mid = span / 2 each way have a bucket of their own, and beyond
    they are logarithmic: |d| counts as
    mid + ceil(ln(|d| / mid) / ln((max_distance - 1) / mid) (mid - 1)) before it
    is limited. The bound of a bucket belongs to the one before: it is decided
    exactly. With `mirrored = false` both terms read bucket(queryPos - keyPos):
    so do the published programs, in which models are trained.

    Source: He et al., DeBERTa (arXiv 2006.03654), eq. 2 and 4, and the published
    code of DeBERTa (clamped) and of its versions 2 and 3 (logarithmic).

    Constraints: `span` is within [1, 32768]; with `max_distance` it is even and
    >= 4, and `max_distance` is within [span / 2 + 2, 2^24].

    Cost: a product with 2 `span` rows a query and a key, once a (row, distance);
    then two reads a (query, key).

    ```mlir
    %c2p = attn.project %q, %posKeys : tensor<?x?x?x64xf32>, tensor<?x512x64xf32>
    %p2c = attn.project %k, %posQueries : tensor<?x?x?x64xf32>, tensor<?x512x64xf32>
    %t = attn.bias %s at (%pq, %pk) (#attn.deberta<span = 256, max_distance = 512, mirrored = false>)
        captures(%c2p, %p2c : tensor<?x?x?x512xf32>, tensor<?x?x?x512xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins "int64_t":$span,
                        DefaultValuedParameter<"int64_t", "0">:$max_distance,
                        DefaultValuedParameter<"bool", "true">:$mirrored);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
