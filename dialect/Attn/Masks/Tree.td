//===- Tree.td - Ancestors in a tree of drafts -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_TreeAttr : Attn_Attr<"Tree", "tree", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "the node itself, its ancestors and all that was before";
  let description = [{
    The last M of the N keys are the queries' own tokens, nodes of a tree of
    drafts; the N - M keys before are seen by all. It is about rows: nodes of one
    depth share a position. One captured tensor says the tree.

    With `bits`, a `tensor<?x?xWxi32>` (batch x M x W):
    `visible = node < 0 or bit node mod 32 of bits[batch, queryIndex, floor(node / 32)] is set`,
    node = keyIndex - (N - M). Nodes may stand in any order. W is ceil(M / 32) or
    more: past the last word `attn.read` gives the last. Source: Cai et al., Medusa (arXiv 2401.10774), sec. 2.1.3.

    With `ends`, a `tensor<?x?xi32>` (batch x M), nodes stand in preorder and
    `ends` is one past the last node of each subtree:
    `visible = node < 0 or node <= queryIndex < ends[batch, node]`. Ranges class
    tiles, so that a large tree costs what it sees.

    Cost: with `ends` a summary, O(M) a call; with `bits` a read a pair of
    nodes.

    Constraints: either `bits` or `ends`, within [0, 256); 1 <= W <= 64.

    ```mlir
    #attn.tree<bits = 0>
    #attn.tree<ends = 0>
    ```
  }];
  let parameters = (ins OptionalParameter<"std::optional<int64_t>">:$bits,
                        OptionalParameter<"std::optional<int64_t>">:$ends);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
