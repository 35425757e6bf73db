//===- T5.td - Learned bias by distance buckets -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_Buckets : DefaultValuedParameter<"int64_t", "32">;
def Attn_MaxDistance : DefaultValuedParameter<"int64_t", "128">;

def Attn_T5Attr : Attn_Attr<"T5", "t5", [
    DeclareAttrInterfaceMethods<Attn_BiasInterface, ["getNumCaptures", "verifyCaptures"]>]> {
  let summary = "a learned number a head and bucket of distances";
  let description = [{
    `bias = table[bucket(queryPos - keyPos), head]`, a captured table of `buckets`
    rows and H columns. With n = `buckets`, e = n / 2 and x the distance into the
    past (0 for the future), the bucket is x below e, and from there
    logarithmic:

    `bucket = min(n - 1, e + floor(ln(x / e) / ln(max_distance / e) * (n - e)))`.

    With `bidirectional` the buckets are halved first, x is |distance|, and
    buckets of the future stand behind those of the past. The bound of a bucket
    belongs to the upper one: it is decided in exact arithmetic. T5 itself uses a
    score scale of 1. Source: Raffel et al. (arXiv 1910.10683), sec. 2.1 and the
    published code.

    Constraints: `buckets` is within [2, 256], even and >= 4 if bidirectional;
    `max_distance` is within (e, 2^24].

    Cost: once a (head, distance).

    ```mlir
    %t = attn.bias %s at (%pq, %pk) (#attn.t5<buckets = 32, max_distance = 128>)
        captures(%table : tensor<32x?xf32>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_Buckets:$buckets, Attn_MaxDistance:$max_distance,
                        DefaultValuedParameter<"bool", "false">:$bidirectional);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
