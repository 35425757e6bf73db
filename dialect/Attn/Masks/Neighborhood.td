//===- Neighborhood.td - Windows on a grid of several axes -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

// [7, 7]
class Attn_Axes<string desc>
    : ArrayRefParameter<"int64_t", desc> {
  let parser = "::sextant::attn::parseIntegers($_parser)";
  let printer = "::sextant::attn::printIntegers($_printer, $_self)";
}
// The same, empty unless written.
class Attn_OptionalAxes<string desc> : Attn_Axes<desc> {
  let defaultValue = "::llvm::SmallVector<int64_t>()";
  let comparator = "::llvm::ArrayRef<int64_t>($_lhs) == ::llvm::ArrayRef<int64_t>($_rhs)";
}

def Attn_NeighborhoodAttr : Attn_Attr<"Neighborhood", "neighborhood", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "windows of a fixed number of keys on a grid of several axes";
  let description = [{
    Positions number the cells of a grid of `extents`, the last axis fastest;
    another order of the tokens is another tensor of positions. `visible = ` on
    every axis the key's coordinate lies in the query's window there. With
    extent X, kernel K, stride S, dilation d, both coordinates split into
    residue class (mod d), which must agree, and place (floor of / d) among the
    X' cells of the class. Of place i the leader is
    c = min(floor(i / S) S + floor(S / 2), X' - 1) and the window is the K places
    from clamp(c - floor(K / 2), 0, X' - K) on: it is shifted at the edges, so that
    every query sees K. On a causal axis the leader is
    min(floor(i / S) S + S - 1, X' - 1) and the window from
    max(c - K + 1, 0) to i. A token off the grid sees nothing and is not seen.

    Source: Hassani et al., Neighborhood Attention (arXiv 2204.07143) and its
    generalized form (arXiv 2504.16922).

    Cost: tiles by intervals, nothing else.

    Constraints: 1 to 4 axes; extents, whose product is at most 2^24; as many
    kernels; dilation, stride and causal, as many or left out (1, 1, false);
    1 <= kernel * dilation <= extent; 1 <= stride <= kernel.

    ```mlir
    #attn.neighborhood<extents = [32, 32], kernel = [7, 7]>
    ```
  }];
  let parameters = (ins Attn_Axes<"cells of each axis">:$extents,
                        Attn_Axes<"keys of each axis">:$kernel,
                        Attn_OptionalAxes<"queries with one leader">:$stride,
                        Attn_OptionalAxes<"distance of keys">:$dilation,
                        Attn_OptionalAxes<"1 where an axis is causal">:$causal);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
