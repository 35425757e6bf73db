//===- AttnOps.td - The attn form: what the user writes -*- tablegen -*-===//

#ifndef SEXTANT_ATTN_OPS
#define SEXTANT_ATTN_OPS

include "dialect/Attn/IR/AttnAttrs.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Attn_SourceOp<string mnemonic, list<Trait> traits = []>
    : Attn_Op<mnemonic, !listconcat([Pure], traits)>;
// A result type follows from the operands: it is inferred, never written.
class Attn_InferredOp<string mnemonic, list<Trait> traits = []>
    : Attn_SourceOp<mnemonic,
        !listconcat([DeclareOpInterfaceMethods<InferTypeOpInterface>], traits)>;

//===----------------------------------------------------------------------===//
// Positions and phases
//===----------------------------------------------------------------------===//

def Attn_PositionsOp : Attn_InferredOp<"positions", [AttrSizedOperandSegments]> {
  let summary = "positions of query and key rows";
  let description = [{
    `keyPos[b, j] = j + offset[b]` and, with L_b the number of keys of batch
    entry b (`lengths[b]`, or N without `lengths`),

    - `bottom_right`: `queryPos[b, i] = L_b - M + i + offset[b]`: the last
      query meets the last key;
    - `top_left`: `queryPos[b, i] = i + offset[b]`.

    Types: i32. Negative positions are legal (M > N). |position| <= 2^24.

    ```mlir
    %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_RowTensor:$key,
                       Optional<Attn_BatchTensor>:$offset,
                       Optional<Attn_BatchTensor>:$lengths,
                       Attn_AlignAttr:$align);
  let results = (outs Attn_PositionTensor:$queryPos, Attn_PositionTensor:$keyPos);
  let assemblyFormat = [{
    $query `,` $key `align` `(` custom<AlignKeyword>($align) `)`
    (`offset` `(` $offset^ `:` type($offset) `)`)?
    (`lengths` `(` $lengths^ `:` type($lengths) `)`)?
    attr-dict `:` type($query) `,` type($key)
  }];
  let hasVerifier = 1;
}

def Attn_PositionMapOp : Attn_InferredOp<"position_map", [SingleBlock]> {
  let summary = "a scalar map over positions";
  let description = [{
    `result[b, l] = f(pos[b, l], b, l)`, all i32: the region is
    `(position, batch, index) -> i32`. Like the positions of a call the result
    must lie within [-2^24, 2^24]; beyond, angles lose accuracy.

    ```mlir
    // eight neighbours share a position
    %far = attn.position_map %pos (%p, %b, %l) {
      %c8 = arith.constant 8 : i32
      %y = arith.floordivsi %p, %c8 : i32
      attn.yield %y : i32
    } : tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_PositionTensor:$positions);
  let results = (outs Attn_PositionTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $positions custom<PositionRegion>($body) attr-dict `:` type($positions)
  }];
  let hasRegionVerifier = 1;
}

def Attn_PhaseOp : Attn_InferredOp<"phase", [AttrSizedOperandSegments]> {
  let summary = "cosines and sines of position times frequency";
  let description = [{
    `cos[b, l, k] = cos(pos[b, l] * w_k)`, `sin` likewise, for the pairs
    k < channels / 2. The frequencies w_k (radians a position) come from a
    rotary attribute or from a tensor of K frequencies. Results are within
    2^-22 of the exact value for |position| <= 2^24. A spectrum with magnitudes
    multiplies both by them. With `angles(f32)` the frequency and its product
    with the position are rounded to f32 before, as the tables of many trained
    models were.

    ```mlir
    %c, %s = attn.phase %pos channels(64) (#attn.rope<base = 1.0e4>) : tensor<?x?xi32>
    %c, %s = attn.phase %pos, %freq : tensor<?x?xi32>, tensor<32xf32>
    %c, %s = attn.phase %pos, %freq angles(f32) : tensor<?x?xi32>, tensor<32xf32>
    ```
  }];
  let arguments = (ins Attn_AxesTensor:$positions,
                       Optional<TensorRankOf<[F32, F64], [1]>>:$frequencies,
                       Optional<Attn_LengthTensor>:$length,
                       OptionalAttr<Attn_RotaryInterface>:$spectrum,
                       OptionalAttr<I64Attr>:$channels,
                       UnitAttr:$f32Angles);
  let results = (outs Attn_PhaseTensor:$cos, Attn_PhaseTensor:$sin);
  let assemblyFormat = [{
    $positions (`,` $frequencies^)? (`channels` `(` $channels^ `)`)?
    (`(` custom<Rotary>($spectrum)^ `)`)? (`length` `(` $length^ `:` type($length) `)`)?
    (`angles` `(` `f32` `)` $f32Angles^)?
    attr-dict `:` type($positions) (`,` type($frequencies)^)?
  }];
  let hasVerifier = 1;
}

def Attn_RotateOp : Attn_InferredOp<"rotate", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "rotate channel pairs by position times frequency";
  let description = [{
    For each pair (a, b) of the layout, with angle t = pos * w_pair:
    `y_a = x_a cos t - x_b sin t`, `y_b = x_b cos t + x_a sin t`. Channels past
    the rotary width pass through. The pairs and frequencies come from a rotary
    attribute, or from `attn.phase` results (then every channel rotates and
    `layout` pairs them). `angles(f32)` is that of `attn.phase`. A rank-5
    operand holds keys of a (query, key) pair;
    it rotates at the key's position. A spectrum with axes has positions
    `[B, L, axes]` and says which of them turns a pair.

    Source: Su et al., RoFormer (2021), eq. 34; the half layout is that of
    GPT-NeoX.

    ```mlir
    %r = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    %r = attn.rotate %q by (%c, %s) layout(half) : tensor<?x?x?x64xf32>, tensor<?x?x32xf32>
    ```
  }];
  let arguments = (ins Attn_KeyTensor:$input,
                       Optional<Attn_AxesTensor>:$positions,
                       Optional<Attn_PhaseTensor>:$cos,
                       Optional<Attn_PhaseTensor>:$sin,
                       Optional<Attn_LengthTensor>:$length,
                       OptionalAttr<Attn_RotaryInterface>:$spectrum,
                       OptionalAttr<Attn_LayoutAttr>:$layout,
                       UnitAttr:$f32Angles);
  let results = (outs Attn_KeyTensor:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Rows: maps over the channels of one row
//===----------------------------------------------------------------------===//

def Attn_RowMapOp : Attn_InferredOp<"row_map", [SingleBlock, AttrSizedOperandSegments]> {
  let summary = "a scalar map over channels, or over channel pairs";
  let description = [{
    Without `pairs` the region maps element c of every input to channel c:
    arguments `(x..., batch, head, index, position, channel)`. With
    `pairs(layout)` it sees both members of pair c of every input:
    `(x_a, x_b, y_a, y_b, ..., batch, head, index, position, channel)` and
    `channel` is the pair's number. It yields one value (one channel a group)
    or two (a pair, placed by `layout`). Elements are f32; the coordinates i32.
    `position` is 0 without `at`. Inputs of rank 5 are keys of a (query, key)
    pair: `index` and `position` are the key's.

    Inputs of rank-4 and rank-5 mix only if the rank-4 ones are key rows; a
    rank-4 input among rank-5 ones is read at the key's row.

    ```mlir
    %y = attn.row_map %x (%e, %b, %h, %i, %p, %c) {
      %z = math.exp %e : f32
      attn.yield %z : f32
    } : tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Variadic<Attn_KeyTensor>:$inputs,
                       Optional<Attn_PositionTensor>:$positions,
                       UnitAttr:$pairs,
                       OptionalAttr<Attn_LayoutAttr>:$layout);
  let results = (outs Attn_KeyTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $inputs (`at` $positions^)? (`pairs` $pairs^)? (`layout` `(` custom<LayoutKeyword>($layout)^ `)`)?
    custom<RowRegion>($body) attr-dict `:` type($inputs) (`at` type($positions)^)?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// Trailing coordinate arguments: batch, head, index, position, channel.
    static constexpr unsigned kNumCoordinates = 5;
  }];
}

def Attn_SliceOp : Attn_InferredOp<"slice"> {
  let summary = "channels [offset, offset + size) of every row";
  let description = [{
    ```mlir
    %y = attn.slice %x channels(0, 32) : tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_KeyTensor:$input, I64Attr:$offset, I64Attr:$size);
  let results = (outs Attn_KeyTensor:$result);
  let assemblyFormat = [{
    $input `channels` `(` $offset `,` $size `)` attr-dict `:` type($input)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Attn_ConcatOp : Attn_InferredOp<"concat"> {
  let summary = "rows joined along the channels";
  let description = [{
    ```mlir
    %y = attn.concat %a, %b : tensor<?x?x?x32xf32>, tensor<?x?x?x32xf32>
    ```
  }];
  let arguments = (ins Variadic<Attn_KeyTensor>:$inputs);
  let results = (outs Attn_KeyTensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Attn_ConvertOp : Attn_InferredOp<"convert"> {
  let summary = "the same rows with another element type";
  let description = [{
    `y = x`. An element type says how a tensor is stored where a function takes
    or returns it; between, nothing is rounded but what rows of bf16 allow where
    they are multiplied (`attn.scores`, `attn.weighted_sum`). So a conversion
    costs nothing and loses nothing: it lets rows of different element types
    meet, says what type a result has, and converted to f32 rows are multiplied
    exactly.

    ```mlir
    %w = attn.convert %v to f32 : tensor<?x?x?x64xbf16>
    ```
  }];
  let arguments = (ins Attn_KeyTensor:$input,
                       TypeAttrOf<Attn_Float>:$element); // convert_c1
  let results = (outs Attn_KeyTensor:$result);
  let assemblyFormat = "$input `to` $element attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Attn_EncodeOp : Attn_InferredOp<"encode", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "a named map of rows by their position";
  let description = [{
    `result[b, h, l] = f(input[b, h, l], b, h, l, pos[b, l], captures)`: the
    attribute says how a row of channels becomes another one, of as many
    channels or of more. Captured tensors are operands. A rank-5 operand holds
    keys of a (query, key) pair; `l` and `pos` are the key's.

    ```mlir
    %y = attn.encode %x at %p (#attn.sinusoidal<>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_KeyTensor:$input,
                       Optional<Attn_PositionTensor>:$positions,
                       Variadic<AnyRankedTensor>:$captures,
                       Attn_RowEncodingInterface:$encoding);
  let results = (outs Attn_KeyTensor:$result);
  let assemblyFormat = [{
    $input (`at` $positions^)? `(` custom<Encoding>($encoding) `)`
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    attr-dict `:` type($input) (`,` type($positions)^)?
  }];
  let hasVerifier = 1;
}

def Attn_RowReduceOp : Attn_InferredOp<"row_reduce"> {
  let summary = "one number of each row: what its channels sum up to";
  let description = [{
    `result[b, h, l] = sum_c x[b, h, l, c]`, `sum_c x[b, h, l, c]^2` or
    `max_c x[b, h, l, c]`, in f32. A region reads it by `attn.read`: that is how
    rows are normalised. In every form it is a kernel over rows. NaN stays NaN.

    ```mlir
    %n = attn.row_reduce sum_of_squares %x : tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$input, Attn_ReductionAttr:$reduction);
  let results = (outs Attn_StatisticTensor:$result);
  let assemblyFormat =
      "custom<ReductionKeyword>($reduction) $input attr-dict `:` type($input)";
  let hasVerifier = 1;
}

def Attn_ProjectOp : Attn_InferredOp<"project"> {
  let summary = "rows by the rows of a small table";
  let description = [{
    `result[b, h, l, r] = sum_c x[b, h', l, c] * table[h, r, c]`, in f32: a linear
    map of channels, one a head. The table has a head for each of the result, of
    which those of the rows share, h' = h * X / H for rows of X heads; a table
    that is written with one head serves all, and the result has the heads of the
    rows. In every form it is a kernel over rows: R numbers a row are stored.

    A region that reads the result by `attn.read` with a bucket of the distance
    adds to a score what a query says of a distance, or a key: O(M R D) work and
    a read a pair in place of O(M N D). The result may also be rows of a score.
    Source: Shaw et al. (arXiv 1803.02155), sec. 3.3.

    ```mlir
    %g = attn.project %q, %table : tensor<?x?x?x64xf32>, tensor<?x33x64xf32>
    ```

    Errors: a table of another channel count, of an unknown number of rows, or
    whose heads are no multiple of those of the rows.
  }];
  let arguments = (ins Attn_RowTensor:$input,
                       TensorRankOf<[Attn_Float], [3]>:$table);
  let results = (outs Attn_RowTensor:$result);
  let assemblyFormat =
      "$input `,` $table attr-dict `:` type($input) `,` type($table)";
  let hasVerifier = 1;
}

def Attn_CollinearCoefficientsOp : Attn_InferredOp<"collinear_coefficients",
    [DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "relu of the mean of a row's two halves";
  let description = [{
    `tau_j = max(0, (u_a + u_b) / 2)` for each pair (a, b) of the layout: D/2
    channels. NaN stays NaN. Source: Zhu et al., CoCA (arXiv 2309.08646),
    eq. 5, 6 and the published code.

    ```mlir
    %tau = attn.collinear_coefficients %u : tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$input,
                       OptionalAttr<Attn_LayoutAttr>:$layout);
  let results = (outs Attn_RowTensor:$result);
  let assemblyFormat = [{
    $input (`layout` `(` custom<LayoutKeyword>($layout)^ `)`)? attr-dict `:` type($input)
  }];
  let hasVerifier = 1;
}

def Attn_DuplicateOp : Attn_InferredOp<"duplicate",
    [DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "both members of every pair become the same value";
  let description = [{
    `t_a = t_b = x_j` for each pair j: D/2 channels become D.

    ```mlir
    %t = attn.duplicate half %tau : tensor<?x?x?x32xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$input, Attn_LayoutAttr:$layout);
  let results = (outs Attn_RowTensor:$result);
  let assemblyFormat =
      "custom<LayoutKeyword>($layout) $input attr-dict `:` type($input)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Keys that depend on the query
//===----------------------------------------------------------------------===//

def Attn_PairKeysOp : Attn_InferredOp<"pair_keys", [SingleBlock]> {
  let summary = "one key for each (query, key) pair";
  let description = [{
    `result[b, h, i, j, c] = f(query[b, h, i, c], key[b, h', j, c])` with
    h' = h * G / H. Virtual: never stored. A rank-5 `key` ties again.

    ```mlir
    %k = attn.pair_keys %q, %t (%qe, %te) {
      %p = arith.mulf %qe, %te : f32
      attn.yield %p : f32
    } : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_KeyTensor:$key);
  let results = (outs Attn_PairTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $query `,` $key custom<ElementRegion>($body) attr-dict `:` type($query) `,` type($key)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Attn_CollinearKeysOp : Attn_InferredOp<"collinear_keys",
    [DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "keys that are multiples of the query, channel by channel";
  let description = [{
    `result[b, h, i, j, c] = query[b, h, i, c] * coefficient[b, h', j, c]`:
    with coefficients tied within pairs (`attn.duplicate`) every key pair is
    collinear with its query pair. Source: Zhu et al., CoCA
    (arXiv 2309.08646), eq. 7. Virtual: never stored.

    ```mlir
    %k = attn.collinear_keys %q, %t : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_KeyTensor:$coefficients);
  let results = (outs Attn_PairTensor:$result);
  let assemblyFormat =
      "$query `,` $coefficients attr-dict `:` type($query) `,` type($coefficients)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

def Attn_ScoresOp : Attn_InferredOp<"scores"> {
  let summary = "scaled dot products of queries and keys";
  let description = [{
    `score[b, h, i, j] = scale * sum_c query[b, h, i, c] * key[b, h', j, c]`, or
    with a rank-5 key `key[b, h, i, j, c]`; h' = h * G / H. Natural units, f32.
    Virtual: never stored.

    ```mlir
    %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_KeyTensor:$key,
                       DefaultValuedAttr<F64Attr, "1.0">:$scale);
  let results = (outs Attn_ScoreTensor:$result);
  let assemblyFormat = [{
    $query `,` $key (`scale` `(` custom<Number>($scale)^ `)`)? attr-dict `:` type($query) `,` type($key)
  }];
  let hasVerifier = 1;
}

def Attn_RotaryScoresOp : Attn_InferredOp<"rotary_scores",
    [DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "scores of rows that are rotated by a named distance";
  let description = [{
    `score[b, h, i, j] = scale * sum_c (R(d w) query[b, h, i])_c key[b, h', j, c]`,
    where d is what `distance` makes of queryPos[b, i] and keyPos[b, j], w the
    frequencies of its rotation and R turns the pairs of channels as
    `attn.rotate` does; h' = h * G / H. With d = queryPos - keyPos it is the
    score of rows that were rotated. A distance has branches, each with its own
    rotated rows: see `attn.select_scores`, which this op expands into.
    Natural units, f32. Virtual: never stored.

    ```mlir
    %s = attn.rotary_scores %q, %k at (%pq, %pk) (#attn.self_extend<rotation = #attn.rope<base = 1.0e4>, window = 1024, group = 8>)
        scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_RowTensor:$query, Attn_RowTensor:$key,
                       Attn_PositionTensor:$queryPos,
                       Attn_PositionTensor:$keyPos,
                       Attn_DistanceInterface:$distance,
                       DefaultValuedAttr<F64Attr, "1.0">:$scale);
  let results = (outs Attn_ScoreTensor:$result);
  let assemblyFormat = [{
    $query `,` $key `at` `(` $queryPos `,` $keyPos `)` `(` custom<Distance>($distance) `)`
    (`scale` `(` custom<Number>($scale)^ `)`)? attr-dict
    `:` type($query) `,` type($key) `,` type($queryPos) `,` type($keyPos)
  }];
  let hasVerifier = 1;
}

def Attn_SelectScoresOp : Attn_InferredOp<"select_scores", [SingleBlock,
    AttrSizedOperandSegments, AllTypesMatch<["first", "second"]>]> {
  let summary = "one of two scores, pair by pair";
  let description = [{
    `result[b, h, i, j] = c ? first[b, h, i, j] : second[b, h, i, j]` with
    `c = f(batch, head, queryIndex, keyIndex, queryPos, keyPos)`, an i1. The other
    score has no effect, even if it is NaN or infinite; where whole tiles of
    pairs take one, the other is not computed.

    ```mlir
    // keys within 64 tokens by one rotation, those further back by another
    %s = attn.select_scores %near, %far at (%pq, %pk) (%b, %h, %i, %j, %m, %n) {
      %c64 = arith.constant 64 : i32
      %d = arith.subi %m, %n : i32
      %c = arith.cmpi slt, %d, %c64 : i32
      attn.yield %c : i1
    } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$first, Attn_ScoreTensor:$second,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos);
  let results = (outs Attn_ScoreTensor:$result);
  let regions = (region SizedRegion<1>:$condition);
  let assemblyFormat = [{
    $first `,` $second (`at` `(` $queryPos^ `,` $keyPos `)`)?
    custom<ScoreRegion>($condition) attr-dict `:` type($first)
    (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Attn_BiasOp : Attn_InferredOp<"bias", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "add a named bias to the scores";
  let description = [{
    `result = scores + bias(batch, head, queryPos, keyPos)`, natural units, not
    multiplied by the scale.

    ```mlir
    %t = attn.bias %s at (%pq, %pk) (#attn.alibi) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$captures,
                       Attn_BiasInterface:$bias);
  let results = (outs Attn_ScoreTensor:$result);
  let assemblyFormat = [{
    $scores (`at` `(` $queryPos^ `,` $keyPos `)`)? `(` custom<Bias>($bias) `)`
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    attr-dict `:` type($scores) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
}

def Attn_ScoreMapOp : Attn_InferredOp<"score_map", [SingleBlock, AttrSizedOperandSegments]> {
  let summary = "a scalar map over scores";
  let description = [{
    `result[b, h, i, j] = f(score, batch, head, queryIndex, keyIndex, queryPos,
    keyPos)`; the score is f32 in natural units, the coordinates i32. The region
    may read captured tensors with `attn.read` and extents with `attn.extent`.
    A map after another sees its result; masks act after every map.

    ```mlir
    %t = attn.score_map %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
      %d = arith.subi %n, %m : i32
      %f = arith.sitofp %d : i32 to f32
      %y = arith.addf %x, %f : f32
      attn.yield %y : f32
    } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos);
  let results = (outs Attn_ScoreTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $scores (`at` `(` $queryPos^ `,` $keyPos `)`)? custom<ScoreRegion>($body)
    attr-dict `:` type($scores) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasFolder = 1;
}

def Attn_SoftcapOp : Attn_InferredOp<"softcap",
    [DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "bound the scores smoothly";
  let description = [{
    `result = cap * tanh(score / cap)`. Source: Gemma 2 report (2024), sec. 2.

    ```mlir
    %t = attn.softcap %s cap(50.0) : tensor<?x?x?x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores, F64Attr:$cap);
  let results = (outs Attn_ScoreTensor:$result);
  let assemblyFormat =
      "$scores `cap` `(` custom<Number>($cap) `)` attr-dict `:` type($scores)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Weights and output
//===----------------------------------------------------------------------===//

def Attn_SoftmaxOp : Attn_SourceOp<"softmax", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>, Attn_WeightsInterface]> {
  let summary = "softmax of the visible scores of each row";
  let description = [{
    `weight[i, j] = exp(s_ij - r_i) / sum_j' exp(s_ij' - r_i)` over the visible
    j, 0 elsewhere, and with `lse` also the natural logarithm of the sum,
    `lse[i] = log sum_j exp(s_ij)`. A key is visible if the mask attribute or
    the region says so, every key without either. The region is
    `(batch, head, queryIndex, keyIndex, queryPos, keyPos) -> i1`.

    A row that sees no key, or only keys of score -inf, has weights 0 and lse
    -inf. A visible NaN or +inf score makes the row NaN. A masked pair
    contributes nothing, whatever its key and value hold.

    The region `extra`, `(batch, head, queryIndex, queryPos) -> f32...`, gives
    logits that join the sum and have no key and no value: weights then add up to
    less than 1. `lse` counts them, so a row that sees no key has the log-sum-exp
    of its extra logits. They are in natural units and not scaled; one that is
    NaN or +inf makes the row NaN.

    ```mlir
    %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    %p, %lse = attn.softmax %s lse : tensor<?x?x?x?xf32>
    %p = attn.softmax %s extra (%b, %h, %i, %m) {
      %z = attn.read %sinks[%h] : tensor<?xf32>
      attn.yield %z : f32
    } : tensor<?x?x?x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$captures,
                       OptionalAttr<Attn_MaskInterface>:$mask,
                       UnitAttr:$hasLse);
  let results = (outs Attn_ScoreTensor:$weights, Optional<Attn_LseTensor>:$lse);
  let regions = (region AnyRegion:$visible, AnyRegion:$extra);
  let assemblyFormat = [{
    $scores (`at` `(` $queryPos^ `,` $keyPos `)`)?
    custom<Visible>($mask, $visible) custom<ExtraLogits>($extra) (`lse` $hasLse^)?
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    attr-dict `:` type($scores) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Attn_WeightsOp : Attn_InferredOp<"weights", [AttrSizedOperandSegments,
    Attn_WeightsInterface]> {
  let summary = "weights that are functions of their own scores";
  let description = [{
    `weight[i, j] = f(score, batch, head, queryIndex, keyIndex, queryPos,
    keyPos)` for the visible j, 0 elsewhere, and with `over_sum` that over
    `sum_j weight[i, j]`; a row whose sum is 0 has weights 0. Which keys are
    visible is said as in `attn.softmax`. Nothing couples the keys of a row but
    the sum, so a kernel needs no reference and no second look at them.

    A row that sees no key gives 0. A masked pair contributes nothing, whatever
    its key and value hold; a visible one as IEEE says: a weight of 0 times an
    infinite value is NaN.

    ```mlir
    %p = attn.weights %s (%x, %b, %h, %i, %j, %m, %n) {
      %zero = arith.constant 0.0 : f32
      %y = arith.maximumf %x, %zero : f32
      %z = arith.mulf %y, %y : f32
      attn.yield %z : f32
    } visible(#attn.causal) over_sum : tensor<?x?x?x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$captures,
                       OptionalAttr<Attn_MaskInterface>:$mask,
                       UnitAttr:$overSum);
  let results = (outs Attn_ScoreTensor:$weights);
  let regions = (region SizedRegion<1>:$body, AnyRegion:$visible);
  let assemblyFormat = [{
    $scores (`at` `(` $queryPos^ `,` $keyPos `)`)? custom<ScoreRegion>($body)
    custom<Visible>($mask, $visible) (`over_sum` $overSum^)?
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    attr-dict `:` type($scores) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Attn_OrderedWeightsOp : Attn_SourceOp<"ordered_weights",
    [AttrSizedOperandSegments,
     DeclareOpInterfaceMethods<InferTypeOpInterface>, Attn_WeightsInterface]> {
  let summary = "weights that are shares of what later keys leave";
  let description = [{
    The region `(score, batch, head, queryIndex, keyIndex, queryPos, keyPos) ->
    (f32, f32)` says what key j takes of a row and what it leaves to the keys
    before it. Over the visible keys, in the order of their index,
    `weight[i, j] = take_ij * prod_{t > j} keep_it`, 0 elsewhere, and with
    `remainder` also what is left at the end, `remainder[i] = prod_t keep_it`.
    Which keys are visible is said as in `attn.softmax`; a key that is not takes
    0 and keeps 1. Where take + keep is 1, the weights of a row and its remainder
    add up to 1.

    A row that sees no key gives 0 and has remainder 1. A masked pair contributes
    nothing, whatever its key and value hold; a visible one as IEEE says, and a
    keep of NaN makes the row and its remainder NaN. Products may be grouped in
    any way, but not reordered.

    A kernel visits keys in ascending order, where the output is a Horner
    recurrence, `o = keep_j * o + take_j * value_j`: nothing is stored and no key
    is read twice.

    Source: Tan et al., Scaling Stick-Breaking Attention (arXiv 2410.17980).

    ```mlir
    %p, %r = attn.ordered_weights %s at (%pq, %pk) (%x, %b, %h, %i, %j, %m, %n) {
      %one = arith.constant 1.0 : f32
      %e = math.exp %x : f32
      %sum = arith.addf %e, %one : f32
      %keep = arith.divf %one, %sum : f32
      %take = arith.mulf %e, %keep : f32
      attn.yield %take, %keep : f32, f32
    } visible(#attn.causal) remainder : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$captures,
                       OptionalAttr<Attn_MaskInterface>:$mask,
                       UnitAttr:$hasRemainder);
  let results = (outs Attn_ScoreTensor:$weights,
                      Optional<Attn_LseTensor>:$remainder);
  let regions = (region SizedRegion<1>:$body, AnyRegion:$visible);
  let assemblyFormat = [{
    $scores (`at` `(` $queryPos^ `,` $keyPos `)`)? custom<ScoreRegion>($body)
    custom<Visible>($mask, $visible) (`remainder` $hasRemainder^)?
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    attr-dict `:` type($scores) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Attn_NormalizeOp : Attn_SourceOp<"normalize", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>, Attn_WeightsInterface,
    DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "weights of scores by a named normalizer";
  let description = [{
    The attribute says how scores become weights; captured tensors that it reads
    are the operands behind `with`, those of a mask the ones behind `captures`.
    It expands into `attn.softmax`, `attn.weights` or `attn.ordered_weights`,
    which say what holds for rows that see no key, and for NaN and infinity.
    `lse` needs a softmax, `remainder` an ordered normalizer.

    ```mlir
    %p = attn.normalize %s at (%pq, %pk) by (#attn.sigmoid<bias = -8.3>) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
    %p, %lse = attn.normalize %s by (#attn.learned_sinks) with (%z : tensor<?xf32>) lse : tensor<?x?x?x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$scores,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos,
                       Variadic<AnyRankedTensor>:$parameters,
                       Variadic<AnyRankedTensor>:$captures,
                       Attn_NormalizerInterface:$normalizer,
                       OptionalAttr<Attn_MaskInterface>:$mask,
                       UnitAttr:$hasLse, UnitAttr:$hasRemainder);
  let results = (outs Attn_ScoreTensor:$weights,
                      Optional<Attn_LseTensor>:$rowResult);
  let regions = (region AnyRegion:$visible);
  let assemblyFormat = [{
    $scores (`at` `(` $queryPos^ `,` $keyPos `)`)?
    `by` `(` custom<Normalizer>($normalizer) `)`
    (`with` `(` $parameters^ `:` type($parameters) `)`)?
    custom<Visible>($mask, $visible) (`lse` $hasLse^)?
    (`remainder` $hasRemainder^)?
    (`captures` `(` $captures^ `:` type($captures) `)`)?
    attr-dict `:` type($scores) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The log-sum-exp; null where none is asked for.
    ::mlir::Value getLse() {
      return getHasLse() ? getRowResult() : ::mlir::Value();
    }
  }];
}

def Attn_ScaleWeightsOp : Attn_InferredOp<"scale_weights",
    [SingleBlock, AttrSizedOperandSegments]> {
  let summary = "weights times a number for each (query, key) pair";
  let description = [{
    `result[i, j] = weight[i, j] * f(batch, head, queryIndex, keyIndex, queryPos,
    keyPos)`, after weights were divided by their sum. A log-sum-exp stays that of
    the scores. Masked pairs stay without effect.

    ```mlir
    %q = attn.scale_weights %p (%b, %h, %i, %j, %m, %n) {
      %g = attn.read %gate[%b, %j] : tensor<?x?xf32>
      attn.yield %g : f32
    } : tensor<?x?x?x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$weights,
                       Optional<Attn_PositionTensor>:$queryPos,
                       Optional<Attn_PositionTensor>:$keyPos);
  let results = (outs Attn_ScoreTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $weights (`at` `(` $queryPos^ `,` $keyPos `)`)? custom<ScoreRegion>($body)
    attr-dict `:` type($weights) (`,` type($queryPos)^ `,` type($keyPos))?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Attn_DropoutOp : Attn_InferredOp<"dropout",
    [DeclareOpInterfaceMethods<Attn_ExpandInterface>]> {
  let summary = "some weights become 0, the others grow";
  let description = [{
    With p = `probability`, limited to [0, 1]: `result[i, j]` is
    `weight[i, j] / (1 - p)` if `r / 2^24 >= p`, else 0 (and 0 everywhere for
    p = 1 or NaN). r is the upper 24 bits of a number that depends on the seed and
    on batch entry, head, query and key alone, so that every kernel, every tiling
    and the interpreter drop the same weights: word 0 of Philox-2x32 with 7
    rounds, counter (key, query), key word 0 of Philox-2x32 with 7 rounds,
    counter (batch, head), key `seed`; all are the indices of the call. The sum
    that weights are divided by, and a log-sum-exp, count dropped keys.

    Source: Srivastava et al. (JMLR 15, 2014); Philox: Salmon et al., Parallel
    random numbers: as easy as 1, 2, 3 (SC 2011), sec. 3.3.

    ```mlir
    %q = attn.dropout %p seed(%seed : tensor<i32>) probability(%drop : tensor<f32>) : tensor<?x?x?x?xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$weights, Attn_SeedTensor:$seed,
                       Attn_ProbabilityTensor:$probability);
  let results = (outs Attn_ScoreTensor:$result);
  let assemblyFormat = [{
    $weights `seed` `(` $seed `:` type($seed) `)`
    `probability` `(` $probability `:` type($probability) `)`
    attr-dict `:` type($weights)
  }];
}

def Attn_WeightedSumOp : Attn_InferredOp<"weighted_sum"> {
  let summary = "sum of the values by their weights";
  let description = [{
    `output[b, h, i, c] = sum_j weight[b, h, i, j] * value[b, h', j, c]` over the
    visible j; h' = h * G / H. Accumulated in f32, stored in the value's type.

    ```mlir
    %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
    ```
  }];
  let arguments = (ins Attn_ScoreTensor:$weights, Attn_RowTensor:$value);
  let results = (outs Attn_RowTensor:$result);
  let assemblyFormat =
      "$weights `,` $value attr-dict `:` type($weights) `,` type($value)";
  let hasVerifier = 1;
}

def Attn_MergeOp : Attn_Op<"merge", [Pure, AttrSizedOperandSegments]> {
  let summary = "attention over the union of disjoint sets of keys";
  let description = [{
    Part p is the output of attention over some keys and its log-sum-exp; no
    key belongs to two parts. With `w_p = exp(lse_p - lse)`,

    `lse[b, h, i] = log sum_p exp(lse_p[b, h, i])`,
    `result[b, h, i, c] = sum_p w_p * output_p[b, h, i, c]`,

    the result of attention over all of them. A part whose lse is -inf saw no
    key and adds nothing, whatever its output holds; if all are, the result is 0
    and -inf. An lse of NaN or +inf gives NaN. Merging is associative and
    commutative up to rounding. Numbers are f32 and the maximum of the lse is
    taken out first, so that no exponential overflows. Source: Milakov and
    Gimelshein, Online normalizer calculation for softmax (arXiv 1805.02867),
    sec. 3.1.

    Outputs and result have one shape `B x H x M x Dv`, the lse `B x H x M`.
    Element types may differ: numbers are rounded to the result's once, so that
    parts kept in f32 lose nothing. Errors: merge_c1 to merge_c3 of the
    specification.

    ```mlir
    %o, %lse = attn.merge (%o0, %o1) lse(%lse0, %lse1)
      : (tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>)
      -> (tensor<?x?x?x64xf32>, tensor<?x?x?xf32>)
    ```
  }];
  let arguments = (ins Variadic<Attn_RowTensor>:$outputs,
                       Variadic<Attn_LseTensor>:$lses);
  let results = (outs Attn_RowTensor:$result, Attn_LseTensor:$lse);
  let assemblyFormat = [{
    `(` $outputs `)` `lse` `(` $lses `)` attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Inside regions
//===----------------------------------------------------------------------===//

def Attn_YieldOp : Attn_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "ends a region";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ (void)$_state; }]>];
}

def Attn_ReadOp : Attn_Op<"read", [Pure]> {
  let summary = "one element of a captured tensor";
  let description = [{
    `result = tensor[clamp(i_0, 0, extent_0 - 1), ...]`: indices clamp to the
    tensor, so a read never leaves it (an empty tensor reads as 0). The indices
    are i32. f16 and bf16 elements come as f32.

    `{matched}` says that the tensor has an element for every value of each index
    that is itself a batch, head or row coordinate of the region: a call in which
    its extent there is another is refused. Names read this way. A dimension that
    is statically 1 serves all and matches any.

    ```mlir
    %slope = attn.read %slopes[%head] : tensor<?xf32>
    %id = attn.read %segments[%batch, %i] {matched} : tensor<?x?xi32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$tensor, Variadic<I32>:$indices);
  let results = (outs AnyType:$result);
  let extraClassDeclaration = [{
    static ReadOp createMatched(::mlir::OpBuilder &builder,
                                ::mlir::Location loc, ::mlir::Type type,
                                ::mlir::Value tensor,
                                ::mlir::ValueRange indices);
    bool isMatched() { return (*this)->hasAttr("matched"); }
    /// For each dimension of a matched read whose extent must be that of a
    /// coordinate: calls `visit` with the dimension and the number of the region
    /// argument that indexes it.
    void forEachMatch(::llvm::function_ref<void(unsigned, unsigned)> visit);
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Attn_ExtentOp : Attn_Op<"extent", [Pure]> {
  let summary = "an extent of the call: batch, heads, queries, keys ...";
  let description = [{
    ```mlir
    %n = attn.extent keys
    ```
  }];
  let arguments = (ins Attn_ExtentKindAttr:$kind);
  let results = (outs I32:$result);
  let assemblyFormat = "custom<ExtentKeyword>($kind) attr-dict";
}

def Attn_CosSinOp : Attn_Op<"cos_sin", [Pure]> {
  let summary = "cosine and sine of a position times a frequency";
  let description = [{
    `cos(harmonic * position * frequency)` and the sine, within 2^-22 of the
    exact value for |position| <= 2^24 and |frequency| <= pi. The position is
    i32, the frequency (radians a position) f64. With `angles(f32)` the
    frequency and its product with the position are rounded to f32 before.

    ```mlir
    %c, %s = attn.cos_sin %position, %frequency
    ```
  }];
  let arguments = (ins I32:$position, F64:$frequency,
                       DefaultValuedAttr<I64Attr, "1">:$harmonic,
                       UnitAttr:$f32Angles);
  let results = (outs F32:$cos, F32:$sin);
  let assemblyFormat = [{
    $position `,` $frequency (`harmonic` `(` $harmonic^ `)`)?
    (`angles` `(` `f32` `)` $f32Angles^)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif // SEXTANT_ATTN_OPS
