//===- AttnAttrs.td - Structural attributes of the fused and tiled forms -*- tablegen -*-===//

#ifndef SEXTANT_ATTN_ATTRS
#define SEXTANT_ATTN_ATTRS

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

// Here rather than in AttnBase.td, which every entry includes: TableGen writes
// the attributes of all included files.
def Attn_LayoutAttr : EnumAttr<Attn_Dialect, Attn_Layout, "layout"> {
  let assemblyFormat = "`<` $value `>`";
}
def Attn_AlignAttr : EnumAttr<Attn_Dialect, Attn_Align, "align"> {
  let assemblyFormat = "`<` $value `>`";
}
def Attn_ReductionAttr : EnumAttr<Attn_Dialect, Attn_Reduction, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}
def Attn_ExtentKindAttr : EnumAttr<Attn_Dialect, Attn_ExtentKind, "extent_kind"> {
  let assemblyFormat = "`<` $value `>`";
}

def Attn_MemberAttr : Attn_Attr<"Member", "member"> {
  let summary = "one channel of an operand, as a function of the group index";
  let description = [{
    Group g reads channel `offset + stride * g` of operand number `operand`.
  }];
  let parameters = (ins "int64_t":$operand, "int64_t":$offset,
                        DefaultValuedParameter<"int64_t", "1">:$stride);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Attn_GroupAttr : Attn_Attr<"ChannelGroup", "group"> {
  let summary = "channel groups that share one feature program";
  let description = [{
    `count` groups; group g reads the `query` members of the query-side
    operands and the `key` members of the key-side operands and gives `width`
    features a side. Feature i of group g is channel
    `offset + i * count + g` of the term's feature row, where `offset` is the
    sum of count * width over the groups before it.
  }];
  let parameters = (ins "int64_t":$count, "int64_t":$width,
                        OptionalArrayRefParameter<"MemberAttr">:$query,
                        OptionalArrayRefParameter<"MemberAttr">:$key);
  let assemblyFormat = [{
    `<` `count` `=` $count `,` `width` `=` $width
    `` custom<SideMembers>($query, $key) `>`
  }];
}

def Attn_SoftmaxNormalizerAttr
    : Attn_Attr<"SoftmaxNormalizer", "softmax",
                [DeclareAttrInterfaceMethods<Attn_RowStateInterface>]> {
  let summary = "softmax over the visible keys";
}

def Attn_PointwiseNormalizerAttr
    : Attn_Attr<"PointwiseNormalizer", "pointwise",
                [DeclareAttrInterfaceMethods<Attn_RowStateInterface>]> {
  let summary = "weights that are functions of their own scores";
  let description = [{
    A region gives the weight of a pair. With `over_sum` the output is divided by
    the sum of the weights of the row.
  }];
  let parameters = (ins DefaultValuedParameter<"bool", "false">:$over_sum);
  let assemblyFormat = "(`<` struct($over_sum)^ `>`)?";
}

def Attn_OrderedNormalizerAttr
    : Attn_Attr<"OrderedNormalizer", "ordered",
                [DeclareAttrInterfaceMethods<Attn_RowStateInterface,
                                             ["isOrdered"]>]> {
  let summary = "weights that are shares of what later keys leave";
  let description = [{
    A region gives what the key of a pair takes, and what it leaves to the keys
    before it (`attn.ordered_weights`).
  }];
}

def Attn_Products : I32EnumAttr<"Products", "how the products of a tile are formed", [
    I32EnumAttrCase<"Target", 0, "target">,
    I32EnumAttrCase<"F32", 1, "f32">,
    I32EnumAttrCase<"BF16", 2, "bf16">,
    I32EnumAttrCase<"Blocks", 3, "blocks">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}
def Attn_ProductsParam : EnumParameter<Attn_Products> {
  let defaultValue = "Products::Target";
}

def Attn_ScheduleAttr : Attn_Attr<"Schedule", "schedule"> {
  let summary = "how a target runs a tiled kernel; never changes its meaning";
  let description = [{
    `query_vectors` vectors of the target's lanes of queries a tile,
    `key_rows` key rows of the score register tile, `value_rows` value
    channels of the output register tile, `key_block` keys scored at a time,
    `key_leaf` keys of the smallest range that is classed (divides key_block).
    Calls of at most `decode_queries` queries run the template for few queries,
    where the attention has one: 0 for never, -1 for what the target says.
    `products` says which of the rounding points that `attn.for_tiles` allows
    are used: `bf16` all of them, on targets without an instruction for such
    products too; `blocks` the same, by products of whole matrices
    (`attn.block_dot`); `f32` none; `target` all of them where the target has an
    instruction for pairs or matrices of bf16 and none elsewhere. Products of
    bf16 take rows two by two, so that `bf16` needs an even `key_rows` and
    `key_leaf`; `blocks` needs a `key_leaf` that 32 divides, and `key_rows` that
    divide 32.
  }];
  let parameters = (ins "int64_t":$queryVectors, "int64_t":$keyRows,
                        "int64_t":$valueRows, "int64_t":$keyBlock,
                        "int64_t":$keyLeaf,
                        DefaultValuedParameter<"int64_t", "-1">:$decodeQueries,
                        Attn_ProductsParam:$products);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // SEXTANT_ATTN_ATTRS
