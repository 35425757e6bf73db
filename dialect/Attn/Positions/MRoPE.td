//===- MRoPE.td - Rotation by positions of several axes -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_Sections : ArrayRefParameter<"int64_t", "pairs of each axis"> {
  let parser = "::sextant::attn::parseIntegers($_parser)";
  let printer = "::sextant::attn::printIntegers($_printer, $_self)";
}

def Attn_MRoPEAttr : Attn_Attr<"MRoPE", "mrope", [
    DeclareAttrInterfaceMethods<Attn_RotaryInterface, ["verifyWidth", "getNumAxes",
        "evaluateAxis", "expandAxis", "hasMagnitude", "evaluateMagnitude",
        "expandMagnitude"]>]> {
  let summary = "a rotation whose pairs turn by different axes";
  let description = [{
    The pairs of `spectrum` are shared among axes, `sections[a]` of them to axis
    a, and a pair turns by the position of its axis: positions are
    `tensor<B x L x axes x i32>`. Pairs go to the axes one section after the
    other; with `interleaved` the pairs a, a + axes, a + 2 axes, ... are axis a's
    until it has its share, and the rest is axis 0's. With `restart` each
    section has a spectrum of its own, over 2 sections[a] channels (axial
    rotation); without it pair k keeps frequency k. Equal positions on every
    axis are the plain rotation. Source: Wang et al., Qwen2-VL
    (arXiv 2409.12191), sec. 2.1 and the published code of Qwen3-VL.

    Constraints: there are at least two sections, each >= 1; they add up to the
    rotated pairs; interleaved sections fit (axes * sections[a] - axes + a is a
    pair); `restart` is not `interleaved`; the spectrum has no axes itself.

    Cost: once a (row, pair).

    ```mlir
    %r = attn.rotate %q at %p (#attn.mrope<spectrum = #attn.rope<base = 1.0e6>,
        sections = [16, 24, 24]>) : tensor<?x?x?x128xf32>, tensor<?x?x3xi32>
    ```
  }];
  let parameters = (ins "::sextant::attn::RotaryAttrInterface":$spectrum, Attn_Sections:$sections,
                        DefaultValuedParameter<"bool", "false">:$interleaved,
                        DefaultValuedParameter<"bool", "false">:$restart);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
