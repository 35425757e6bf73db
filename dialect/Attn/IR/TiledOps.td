//===- TiledOps.td - The tiled form: loops over tiles -*- tablegen -*-===//

#ifndef SEXTANT_TILED_OPS
#define SEXTANT_TILED_OPS

include "dialect/Attn/IR/AttnAttrs.td"
include "dialect/Attn/IR/TiledTypes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Kernels over rows: their results are real tensors
//===----------------------------------------------------------------------===//

def Attn_RowGroupAttr : Attn_Attr<"RowGroup", "row_group"> {
  let summary = "channel groups of a row kernel that share one program";
  let description = [{
    `count` groups; group g reads the `inputs` members and writes one channel
    for each of the `outputs` (their `operand` is 0).
  }];
  let parameters = (ins "int64_t":$count,
                        OptionalArrayRefParameter<"MemberAttr">:$inputs,
                        ArrayRefParameter<"MemberAttr">:$outputs);
  let assemblyFormat = [{
    `<` `count` `=` $count `` custom<RowMembers>($inputs, $outputs) `>`
  }];
}

def Attn_RowFeaturesOp : Attn_Op<"row_features",
    [Pure, AttrSizedOperandSegments]> {
  let summary = "one row of features for each row of the inputs";
  let description = [{
    A kernel, parallel over (batch, row): for each head of the result and each
    group g of `groups`, the region of that group,
    `(members..., batch, head, index, position, group) -> f32...`, gives the
    channels the group names. An input with X heads is read at head
    `head * X / heads of the result`. `position` is 0 without `at`. Every
    channel of the result is written exactly once. What the region computes
    from neither a member nor `head` is computed once a row for all heads.

    The result is stored: `tensor<B x G x N x W>`, f32. A last channel group
    that is not a multiple of a vector costs no reads past a row.

    ```mlir
    %f = attn.row_features(%t) at %pk
      groups [#attn.row_group<count = 32,
        inputs = [<operand = 0, offset = 0>],
        outputs = [<operand = 0, offset = 0>, <operand = 0, offset = 32>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      %w = attn.read %frequencies[%g] : tensor<32xf64>
      %c, %s = attn.cos_sin %p, %w
      %xc = arith.mulf %x, %c : f32
      %xs = arith.mulf %x, %s : f32
      attn.yield %xc, %xs : f32, f32
    } : (tensor<?x?x?x32xf32>, tensor<?x?xi32>) -> tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Variadic<Attn_RowTensor>:$inputs,
                       Optional<Attn_PositionTensor>:$positions,
                       Variadic<AnyRankedTensor>:$captures,
                       TypedArrayAttrBase<Attn_RowGroupAttr,
                                          "array of #attn.row_group">:$groups);
  let results = (outs Attn_RowTensor:$result);
  let regions = (region VariadicRegion<SizedRegion<1>>:$bodies);
  let assemblyFormat = [{
    `(` $inputs `)` (`at` $positions^)? (`captures` `(` $captures^ `)`)?
    `groups` $groups custom<ClosedRegions>($bodies) attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Attn_TabulateOp : Attn_Op<"tabulate", [Pure]> {
  let summary = "a number for each head and each distance";
  let description = [{
    A kernel, parallel over heads: `result[h, d + origin] = f(h, d)` for every
    distance d = queryPos - keyPos that the positions of `query` and `key` rows
    give with `align` (and 64 distances more, so that a vector of consecutive
    queries may be read at once). The region is `(head, distance) -> f32`;
    `origin` is M - 1 for `bottom_right` and N - 1 for `top_left`.

    The result is stored: `tensor<H x (M + N + 64)>`, f32.

    ```mlir
    %strip = attn.tabulate(%q, %k) align(bottom_right) captures(%r) {
    ^bb0(%h: i32, %d: i32):
      %x = arith.sitofp %d : i32 to f32
      %y = math.log1p %x : f32
      attn.yield %y : f32
    } : (tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?xf32>) -> tensor<?x?xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_RowTensor:$key,
                       Variadic<AnyRankedTensor>:$captures,
                       Attn_AlignAttr:$align);
  let results = (outs TensorRankOf<[F32], [2]>:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $query `,` $key `)` `align` `(` custom<AlignKeyword>($align) `)`
    (`captures` `(` $captures^ `)`)? custom<ClosedRegion>($body) attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Attn_TabulateRowsOp : Attn_Op<"tabulate_rows",
    [Pure, AttrSizedOperandSegments]> {
  let summary = "a number for each query row or key row";
  let description = [{
    A kernel, parallel over batch entries, query heads and chunks of rows:
    `result[b, h, i] = f(b, h, i, position)` for every row i of `key` with
    `keys`, of `query` without. Without `per_batch` it is computed for b = 0
    alone, without `per_head` for h = 0 alone. The region is
    `(batch, head, index, position) -> f32`; `position` is 0 without `at`.

    The result is stored: `tensor<B x H x (L + 64)>`, f32, with 1 in place of B
    without `per_batch` and of H without `per_head`. The 64 rows are there so
    that a vector of consecutive rows may be read at once; what they hold is not
    specified.

    ```mlir
    %t = attn.tabulate_rows keys(%q, %k) per_batch captures(%gate) {
    ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
      %x = attn.read %gate[%b, %j] : tensor<?x?xf32>
      %y = math.log %x : f32
      attn.yield %y : f32
    } : (tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?xf32>) -> tensor<?x1x?xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_RowTensor:$key,
                       Optional<Attn_PositionTensor>:$positions,
                       Variadic<AnyRankedTensor>:$captures,
                       UnitAttr:$keys, UnitAttr:$per_batch,
                       UnitAttr:$per_head);
  let results = (outs TensorRankOf<[F32], [3]>:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`keys` $keys^):(`queries`)? `(` $query `,` $key `)` (`at` $positions^)?
    (`per_batch` $per_batch^)? (`per_head` $per_head^)?
    (`captures` `(` $captures^ `)`)? $body attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Attn_TabulateBandOp : Attn_Op<"tabulate_band", [Pure]> {
  let summary = "a number for each row and each distance of a band";
  let description = [{
    A kernel, parallel over batch entries, query heads and chunks of rows: f(b, h,
    i, d) for every row i of `key` with `keys`, of `query` without, and every
    distance d = queryPos - keyPos that the positions of the rows give with
    `align`. f depends on max(least, min(d, greatest)) only, so the distances
    beyond the band share one number a row. The region is
    `(batch, head, index, distance) -> f32`.

    A score region reads it by `attn.read %t[%b, %h, %i, %d] {in_bounds}`, where
    `%i` is the row and `%d` the distance of the pair; consecutive queries and one
    key are one load, for rows are stored skewed. With `W = greatest - least`,
    the result is `tensor<B x H x ceil(M / 16) x (16 W + 256)>`, f32: of 16
    queries, the number of lane l at element `16 (d_0 - least + 15) + l`, d_0 the
    distance of lane 0 limited to [least - 15, greatest]. With `keys` it is
    `tensor<B x H x N x (W + 31, rounded up to 16)>`: distance d at element
    `d - least + 15`. Elements of no pair are not specified.

    ```mlir
    %t = attn.tabulate_band queries(%q, %k) align(bottom_right) band(-16, 16) captures(%g) {
    ^bb0(%b: i32, %h: i32, %i: i32, %d: i32):
      %low = arith.constant -16 : i32
      %high = arith.constant 16 : i32
      %x = arith.maxsi %d, %low : i32
      %y = arith.minsi %x, %high : i32
      %z = arith.addi %y, %high : i32
      %r = attn.read %g[%b, %h, %i, %z] : tensor<?x?x?x33xf32>
      attn.yield %r : f32
    } : (tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?x?x33xf32>) -> tensor<?x?x?x768xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_RowTensor:$key,
                       Variadic<AnyRankedTensor>:$captures,
                       Attn_AlignAttr:$align, I64Attr:$least, I64Attr:$greatest,
                       UnitAttr:$keys);
  let results = (outs TensorRankOf<[F32], [4]>:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`keys` $keys^):(`queries`)? `(` $query `,` $key `)`
    `align` `(` custom<AlignKeyword>($align) `)`
    `band` `(` $least `,` $greatest `)`
    (`captures` `(` $captures^ `)`)? custom<ClosedRegion>($body) attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Queries that are stored together: a multiple of every vector.
    static constexpr int64_t kBlock = 16;
    /// The widest band that is stored.
    static constexpr int64_t kMostDistances = 4096;
    /// Elements of the last axis.
    static int64_t elementsOf(int64_t least, int64_t greatest, bool keys) {
      int64_t more = greatest - least;
      return keys ? ::llvm::alignTo(more + 2 * kBlock - 1, kBlock)
                  : kBlock * (more + kBlock);
    }
  }];
}

def Attn_SummarizeOp : Attn_Op<"summarize", [Pure]> {
  let summary = "least and greatest element of runs of a tensor";
  let description = [{
    A kernel, parallel over the leading indices and chunks of the last axis.
    A leaf is 8 consecutive elements of the last axis, of which there are n. For
    each power of two s, at most 8192, and each t that s divides with
    t + s <= n, `result[..., 2 t + s - 1, 0]` and `result[..., 2 t + s - 1, 1]`
    are the least and the greatest element of the s leaves from leaf t; of an
    i1, 0 is false and 1 true. The other rows of the result are not specified.

    So the bounds of any run of leaves are those of O(log n) rows, and of a
    run that is aligned to its length those of one row; all rows are computed in
    O(L), in one pass. The interval evaluation of a visible region reads
    them for position tensors and for `attn.read` of one element a token.

    The result is stored: for a tensor `... x L` it is
    `tensor<... x (2 ceil(L / 8)) x 2 x i32>`.

    ```mlir
    %r = attn.summarize %segments : tensor<?x?xi32> -> tensor<?x?x2xi32>
    ```
  }];
  let arguments = (ins RankedTensorOf<[I1, I32]>:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Elements of a leaf.
    static constexpr int64_t kLeaf = 8;
    /// Leaves of the longest run that has a row.
    static constexpr int64_t kMostLeaves = 8192;
    /// The type of the result for a source of `type`.
    static ::mlir::RankedTensorType
    resultTypeOf(::mlir::RankedTensorType type);
  }];
}

//===----------------------------------------------------------------------===//
// The loop over tiles
//===----------------------------------------------------------------------===//

def Attn_ForTilesOp : Attn_Op<"for_tiles", [Pure, AttrSizedOperandSegments,
    SingleBlock]> {
  let summary = "for each batch entry, query head and tile of query rows";
  let description = [{
    A kernel, parallel over (batch, query head, query tile). The body computes
    the output rows of one query tile: an `attn.tile_features` for each term of
    the scores, `attn.init_state`, an `attn.for_keys` for each term over the
    pairs that take their score from it, `attn.finalize`. The key features of
    term t are operand t of `key`; no pair is seen in two loops. An operand with
    X heads is read at head `head * X / H`. `summaries` are `attn.summarize` of positions or captured
    tensors: they let whole ranges of keys be skipped or left untested.
    `schedule` holds the tile sizes; without it the target chooses. Neither ever
    changes what is computed.

    `bf16_features` and `bf16_weights` are rounding points: features E and F may
    be rounded to bf16 before they are multiplied, and weights before they meet
    values of bf16 (`attn.fused`). Which are used is the schedule's.

    ```mlir
    %o = attn.for_tiles query(%q) key(%f) value(%v) positions(%pq, %pk) {
    ^bb0(%i: !attn.query_tile):
      %e = attn.tile_features %i groups [...] {...} : !attn.features<64>
      %z = attn.init_state(#attn.softmax) : !attn.state<64>
      %s = attn.for_keys %i, %z visible {...} {
      ^bb0(%j: !attn.key_tile, %state: !attn.state<64>):
        %k = attn.load_keys %j : !attn.features<64>
        %x = attn.contract %e, %k : !attn.features<64>
        %m = attn.mask %x
        %y, %p = attn.absorb %state, %m : !attn.state<64>
        %t = attn.accumulate %y, %p, %j : !attn.state<64>
        attn.next %t : !attn.state<64>
      } : !attn.state<64>
      attn.finalize %s : !attn.state<64>
    } : (tensor<?x?x?x64xf32>, ...) -> tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Variadic<Attn_RowTensor>:$query,
                       Variadic<Attn_RowTensor>:$keys, Attn_RowTensor:$value,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$captures,
                       Variadic<AnyRankedTensor>:$summaries,
                       OptionalAttr<Attn_ScheduleAttr>:$schedule,
                       UnitAttr:$bf16_features, UnitAttr:$bf16_weights);
  let results = (outs Attn_RowTensor:$result,
                      Optional<Attn_LseTensor>:$rowResult);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `query` `(` $query `)` `key` `(` $keys `)` `value` `(` $value `)`
    (`positions` `(` $queryPos^ `,` $keyPos `)`)?
    (`captures` `(` $captures^ `)`)? (`summaries` `(` $summaries^ `)`)?
    (`schedule` `(` $schedule^ `)`)? custom<ClosedRegion>($body) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Terms of the scores: loops over keys.
    unsigned getNumTerms() { return getKeys().size(); }
    /// The key rows of the first term; all have its heads' batch and rows.
    ::mlir::Value getKey() { return getKeys().front(); }
    /// The ops of the body, by their fixed places (see the verifier).
    TileFeaturesOp getTileFeatures(unsigned term);
    ForKeysOp getForKeys(unsigned term);
    FinalizeOp getFinalize();
    /// The score map of a key loop; null if scores are plain dot products.
    ScoreOp getScoreMap(unsigned term);
    AbsorbOp getAbsorb(unsigned term);
    /// The gate of a key loop; null if weights stay as they are.
    GateOp getGate(unsigned term);
    RowStateAttrInterface getNormalizer();
  }];
}

def Attn_TileFeaturesOp : Attn_Op<"tile_features", [Pure]> {
  let summary = "the feature rows E of a query tile";
  let description = [{
    `groups` and the regions are those of the query side of `attn.fused`:
    `(members..., batch, head, index, position, group) -> width x f32`; the
    members name the `query` operands of the enclosing `attn.for_tiles`. Feature
    i of group g is channel `offset + i * count + g` of the row, `offset` the
    sum of count * width over the groups before it.
  }];
  let arguments = (ins Attn_QueryTileType:$tile,
                       TypedArrayAttrBase<Attn_GroupAttr,
                                          "array of #attn.group">:$groups);
  let results = (outs Attn_FeaturesType:$result);
  let regions = (region VariadicRegion<SizedRegion<1>>:$bodies);
  let assemblyFormat =
      "$tile `groups` $groups custom<ClosedRegions>($bodies) attr-dict"
      "`:` type($result)";
  let hasVerifier = 1;
}

def Attn_InitStateOp : Attn_Op<"init_state", [Pure]> {
  let summary = "the state of a query tile that has absorbed no key";
  let arguments = (ins Attn_RowStateInterface:$normalizer);
  let results = (outs Attn_StateType:$result);
  let assemblyFormat = "`(` $normalizer `)` attr-dict `:` type($result)";
}

def Attn_ForKeysOp : Attn_Op<"for_keys",
    [Pure, AllTypesMatch<["init", "result"]>]> {
  let summary = "for each tile of keys that a query of the tile sees";
  let description = [{
    Folds the body over tiles of keys: with `#attn.ordered` in ascending order,
    else in any. `visible`, a region
    `(batch, head, queryIndex, keyIndex, queryPos, keyPos) -> i1`, says which
    pairs are seen; an empty region sees all. Ranges of keys where interval
    evaluation proves that no pair is seen are skipped, and where it proves that
    every pair is, `attn.mask` costs nothing. A position or an element of a
    tensor has an interval if the enclosing loop has its summary.
  }];
  let arguments = (ins Attn_QueryTileType:$tile, Attn_StateType:$init);
  let results = (outs Attn_StateType:$result);
  let regions = (region AnyRegion:$visible, SizedRegion<1>:$body);
  let assemblyFormat = [{
    $tile `,` $init custom<OptionalRegion>("\"visible\"", $visible)
    custom<ClosedRegion>($body) attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Attn_LoadKeysOp : Attn_Op<"load_keys", [Pure]> {
  let summary = "the feature rows F of a key tile";
  let description = "Rows of operand `operand` of `key` of the enclosing loop.";
  let arguments = (ins Attn_KeyTileType:$tile,
                       DefaultValuedAttr<I64Attr, "0">:$operand);
  let results = (outs Attn_FeaturesType:$result);
  let assemblyFormat =
      "$tile (`from` `(` $operand^ `)`)? attr-dict `:` type($result)";
}

def Attn_ContractOp : Attn_Op<"contract",
    [Pure, AllTypesMatch<["query", "key"]>]> {
  let summary = "dot products of query and key features, f32";
  let arguments = (ins Attn_FeaturesType:$query, Attn_FeaturesType:$key);
  let results = (outs Attn_ScoreTileType:$result);
  let assemblyFormat = "$query `,` $key attr-dict `:` type($query)";
}

def Attn_ScoreOp : Attn_Op<"score", [Pure]> {
  let summary = "a scalar map over the scores of a tile";
  let description = [{
    The region is `(score, batch, head, queryIndex, keyIndex, queryPos, keyPos)
    -> f32`, natural units.
  }];
  let arguments = (ins Attn_ScoreTileType:$scores);
  let results = (outs Attn_ScoreTileType:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$scores custom<ScoreRegion>($body) attr-dict";
  let hasVerifier = 1;
}

def Attn_MaskOp : Attn_Op<"mask", [Pure]> {
  let summary = "-inf for the pairs that the enclosing loop does not see";
  let arguments = (ins Attn_ScoreTileType:$scores);
  let results = (outs Attn_ScoreTileType:$result);
  let assemblyFormat = "$scores attr-dict";
}

def Attn_AbsorbOp : Attn_Op<"absorb",
    [Pure, AllTypesMatch<["state", "result"]>]> {
  let summary = "take the scores of a key tile into the state";
  let description = [{
    Softmax: `m' = max(m, max_j s_j)`, `p_j = exp(s_j - m')`,
    `l' = l exp(m - m') + sum_j p_j`, and the value sums times `exp(m - m')`. m
    starts at the least finite number, so that rows without a key stay finite; a
    NaN score makes the row NaN.

    `#attn.pointwise`: `p_j` is what the region, `(score, batch, head,
    queryIndex, keyIndex, queryPos, keyPos) -> f32`, gives for a pair that is
    seen, else 0; `l' = l + sum_j p_j`.

    `#attn.ordered`: the region, of the same arguments, gives what a pair that is
    seen takes and keeps; another takes 0 and keeps 1. With the keys of the tile
    in order, `p_j = take_j prod_{t > j} keep_t`, `r' = r prod_j keep_j`, and the
    value sums times the same product. r starts at 1.
  }];
  let arguments = (ins Attn_StateType:$state, Attn_ScoreTileType:$scores);
  let results = (outs Attn_StateType:$result, Attn_ScoreTileType:$weights);
  let regions = (region AnyRegion:$weight);
  let assemblyFormat = [{
    $state `,` $scores custom<OptionalRegion>("\"weight\"", $weight)
    attr-dict `:` type($state)
  }];
  let hasVerifier = 1;
}

def Attn_GateOp : Attn_Op<"gate", [Pure]> {
  let summary = "the weights of a tile times a number for each pair";
  let description = [{
    The region is `(batch, head, queryIndex, keyIndex, queryPos, keyPos) ->
    f32`. The sum of the weights is not touched.
  }];
  let arguments = (ins Attn_ScoreTileType:$weights);
  let results = (outs Attn_ScoreTileType:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$weights custom<ScoreRegion>($body) attr-dict";
  let hasVerifier = 1;
}

def Attn_AccumulateOp : Attn_Op<"accumulate",
    [Pure, AllTypesMatch<["state", "result"]>]> {
  let summary = "add the weighted value rows of a key tile to the state";
  let description = [{
    Pairs that are not seen add nothing, whatever the value row holds.
  }];
  let arguments = (ins Attn_StateType:$state, Attn_ScoreTileType:$weights,
                       Attn_KeyTileType:$tile);
  let results = (outs Attn_StateType:$result);
  let assemblyFormat =
      "$state `,` $weights `,` $tile attr-dict `:` type($state)";
}

def Attn_NextOp : Attn_Op<"next", [Pure, Terminator, HasParent<"ForKeysOp">]> {
  let summary = "ends one step of attn.for_keys";
  let arguments = (ins Attn_StateType:$state);
  let assemblyFormat = "$state attr-dict `:` type($state)";
}

def Attn_FinalizeOp : Attn_Op<"finalize",
    [Pure, Terminator, HasParent<"ForTilesOp">]> {
  let summary = "write the output rows of a query tile";
  let description = [{
    Softmax: `output = sums / l`, `lse = m + log l`; a row with l = 0 gives 0
    and -inf. The region `extra`, `(batch, head, queryIndex, queryPos) ->
    f32...`, gives logits z that join first: l grows by the exp(z - m).
    `#attn.pointwise`: the sums, over l with `over_sum`. `#attn.ordered`: the
    sums; the second result of the loop is r.

    The region `output`, `(output, batch, head, queryIndex, queryPos, channel)
    -> f32`, gives what is stored, once for each element.
  }];
  let arguments = (ins Attn_StateType:$state);
  let regions = (region AnyRegion:$extra, AnyRegion:$output);
  let assemblyFormat = [{
    $state custom<OptionalRegion>("\"extra\"", $extra)
    custom<OptionalRegion>("\"output\"", $output) attr-dict `:` type($state)
  }];
  let hasVerifier = 1;
}

#endif // SEXTANT_TILED_OPS
