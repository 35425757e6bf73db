//===- FusedOps.td - The fused form: one op -*- tablegen -*-===//

#ifndef SEXTANT_FUSED_OPS
#define SEXTANT_FUSED_OPS

include "dialect/Attn/IR/AttnAttrs.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Attn_FusedOp : Attn_Op<"fused", [Pure, AttrSizedOperandSegments]> {
  let summary = "attention as features, a score, a predicate, a normalizer";
  let description = [{
    For query row i of head h and key row j (each operand with X heads is read
    at head `h * X / H`):

    - E_t(i), F_t(j): the feature rows of term t. A term is a list of channel
      groups (`#attn.group`); each has two regions, one for the query side and
      one for the key side, `(members..., batch, head, index, position, group)
      -> width x f32`. In `features` the regions of the groups of all terms
      follow each other: query side, key side, query side, ...
      In a query region `index` and `position` are the query's, and `head` is
      the query head; in a key region they are the key's and `head` is the head
      of the key operand.
    - `s_ij = score(E_0 . F_0, E_1 . F_1, ..., batch, head, queryIndex,
      keyIndex, queryPos, keyPos)`, f32, natural units. The softmax scale is
      part of E. An empty region returns the one dot product.
    - `visible(batch, head, queryIndex, keyIndex, queryPos, keyPos) -> i1`; an
      empty region sees every key.
    - `normalizer` turns the visible scores of a row into weights:
      `#attn.softmax`, where the region `extra`, `(batch, head, queryIndex,
      queryPos) -> f32...`, may give logits that join the sum;
      `#attn.pointwise`, where the region `weight`, `(score, batch, head,
      queryIndex, keyIndex, queryPos, keyPos) -> f32`, gives the weight; or
      `#attn.ordered`, where the region `carry`, of the same arguments, gives two
      numbers, what a key takes and what it leaves to the keys before it: the
      weight is `take_ij * prod_{t > j} keep_it` over the visible keys t.
    - `gate(batch, head, queryIndex, keyIndex, queryPos, keyPos) -> f32` scales
      a weight after the division; an empty region leaves it.
    - `o[i] = sum_j weight_ij * gate_ij * value[j]`; the first result is o, or
      what `output(o, batch, head, queryIndex, queryPos, channel) -> f32` makes
      of each of its elements. The optional second result is one number a row:
      of a softmax the natural-log sum of exponentials, of extra logits too, of
      `#attn.ordered` what all keys leave, `prod_t keep_it`.

    Rounding points: with `bf16_features` a kernel may round E and F to bf16
    before it multiplies them, with `bf16_weights` the weights before they meet
    values of bf16. Sums are f32.

    Values that regions read from outside must be constants or stand in
    `captures`.

    Empty rows: o = 0, lse -inf or remainder 1. See `attn.softmax`,
    `attn.weights` and `attn.ordered_weights` for NaN and infinity.
  }];
  let arguments = (ins Variadic<Attn_RowTensor>:$query,
                       Variadic<Attn_RowTensor>:$key, Attn_RowTensor:$value,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$captures,
                       ArrayAttr:$terms,
                       Attn_RowStateInterface:$normalizer,
                       UnitAttr:$bf16_features, UnitAttr:$bf16_weights);
  let results = (outs Attn_RowTensor:$result,
                      Optional<Attn_LseTensor>:$rowResult);
  let regions = (region AnyRegion:$score, AnyRegion:$visible,
                        AnyRegion:$extra, AnyRegion:$weight, AnyRegion:$gate,
                        AnyRegion:$output, AnyRegion:$carry,
                        VariadicRegion<SizedRegion<1>>:$features);
  let assemblyFormat = [{
    `query` `(` $query `:` type($query) `)` `key` `(` $key `:` type($key) `)`
    `value` `(` $value `:` type($value) `)`
    (`positions` `(` $queryPos^ `,` $keyPos `:` type($queryPos) `,` type($keyPos) `)`)?
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    `terms` `(` $terms `)` `normalizer` `(` $normalizer `)`
    custom<OptionalRegion>("\"score\"", $score)
    custom<OptionalRegion>("\"visible\"", $visible)
    custom<OptionalRegion>("\"extra\"", $extra)
    custom<OptionalRegion>("\"weight\"", $weight)
    custom<OptionalRegion>("\"gate\"", $gate)
    custom<OptionalRegion>("\"output\"", $output)
    custom<OptionalRegion>("\"carry\"", $carry)
    `features` custom<ClosedRegions>($features)
    attr-dict `:` type($result) (`,` type($rowResult)^)?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// Channel groups of all terms in order: group i owns features 2i, 2i+1.
    ::llvm::SmallVector<ChannelGroupAttr> getGroups();
    ::mlir::Region &getQueryFeatures(unsigned group) { return getFeatures()[2 * group]; }
    ::mlir::Region &getKeyFeatures(unsigned group) { return getFeatures()[2 * group + 1]; }
    /// Features a row of term `term`: the sum of count * width.
    int64_t getTermWidth(unsigned term);
  }];
}

#endif // SEXTANT_FUSED_OPS
