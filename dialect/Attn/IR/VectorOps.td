//===- VectorOps.td - What the vector form needs beside its dialects -*- tablegen -*-===//
//
// A pair is two numbers of bf16 in one lane of 32 bits, the first in the low
// half: what one instruction multiplies and adds up where there is one.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_ATTN_VECTOR_OPS
#define SEXTANT_ATTN_VECTOR_OPS

include "dialect/Attn/IR/AttnBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Attn_Floats : VectorOfRankAndType<[1], [F32]>;
def Attn_Pairs : VectorOfRankAndType<[1], [I32]>;

def Attn_PackPairsOp : Attn_Op<"pack_pairs",
    [Pure, AllTypesMatch<["first", "second"]>,
     AllShapesMatch<["first", "result"]>]> {
  let summary = "two vectors of f32 as pairs of bf16";
  let description = [{
    Each number is rounded to nearest even, a NaN to a quiet NaN, what is too
    large to infinity; a number below 2^-126 may become 0.

    ```mlir
    %p = attn.pack_pairs %a, %b : vector<16xf32> -> vector<16xi32>
    ```
  }];
  let arguments = (ins Attn_Floats:$first, Attn_Floats:$second);
  let results = (outs Attn_Pairs:$result);
  let assemblyFormat =
      "$first `,` $second attr-dict `:` type($first) `->` type($result)";
}

def Attn_PairDotOp : Attn_Op<"pair_dot",
    [Pure, AllShapesMatch<["left", "sum"]>,
     AllTypesMatch<["left", "right"]>, AllTypesMatch<["sum", "result"]>]> {
  let summary = "sums of f32 and the products of pairs of bf16";
  let description = [{
    `result = sum + left.first * right.first + left.second * right.second`, lane
    by lane, in f32; the order of the two additions, and whether a number below
    2^-126 counts as 0, are the target's. One instruction (`vdpbf16ps`) where the
    target has it, else two multiply-adds of widened numbers.

    ```mlir
    %s = attn.pair_dot %a, %b, %sum : vector<16xi32>, vector<16xf32>
    ```
  }];
  let arguments = (ins Attn_Pairs:$left, Attn_Pairs:$right, Attn_Floats:$sum);
  let results = (outs Attn_Floats:$result);
  let assemblyFormat = "$left `,` $right `,` $sum attr-dict `:` type($left) "
                       "`,` type($sum)";
}

//===----------------------------------------------------------------------===//
// Matrices of bf16
//===----------------------------------------------------------------------===//

def Attn_StartBlocksOp : Attn_Op<"start_blocks"> {
  let summary = "make the unit that multiplies matrices ready";
  let description = [{
    Stands before the first `attn.block_dot` of a function, and
    `attn.end_blocks` behind the last. `memory` is 64 bytes that the op may
    write. Nothing where the target has no such unit.
  }];
  let arguments = (ins Arg<MemRefRankOf<[I8], [1]>, "", [MemWrite]>:$memory);
  let assemblyFormat = "$memory attr-dict `:` type($memory)";
}

def Attn_EndBlocksOp : Attn_Op<"end_blocks"> {
  let summary = "leave the unit that multiplies matrices";
  let assemblyFormat = "attr-dict";
}

def Attn_BlockDotOp : Attn_Op<"block_dot", [AttrSizedOperandSegments]> {
  let summary = "the product of two matrices of bf16, in memory";
  let description = [{
    ```
    sums[i, j] = (sums[i, j] if accumulate else 0)
        + sum over p < pairs of left[i, 2p] right[p, j].first
                              + left[i, 2p + 1] right[p, j].second
    ```

    for i < `rows` and j < `columns`, from the elements that the indices name;
    the last two dimensions are those of the matrices, and the last has stride 1.
    `right` holds pairs of bf16, the first in the low half of an i32. `rows` and
    `columns` are multiples of 16 (`columns` at least of the lanes of the target)
    and `pairs` is one of 16. Sums are f32; their order, and whether a number
    below 2^-126 counts as 0, are the target's: tiles of AMX (`tdpbf16ps`) where
    the target has them, else `attn.pair_dot`.

    ```mlir
    attn.block_dot %k[%row, %c0], %q[%c0, %c0], %s[%row, %c0] for %pairs
        {rows = 32, columns = 32}
        : memref<128x64xbf16>, memref<32x32xi32>, memref<128x32xf32>
    ```
  }];
  let arguments = (ins
      Arg<MemRefOf<[BF16]>, "", [MemRead]>:$left, Variadic<Index>:$leftAt,
      Arg<MemRefOf<[I32]>, "", [MemRead]>:$right, Variadic<Index>:$rightAt,
      Arg<MemRefOf<[F32]>, "", [MemRead, MemWrite]>:$sums,
      Variadic<Index>:$sumsAt, Index:$pairs, I64Attr:$rows, I64Attr:$columns,
      UnitAttr:$accumulate);
  let assemblyFormat = [{
    $left `[` $leftAt `]` `,` $right `[` $rightAt `]` `,` $sums `[` $sumsAt `]`
    `for` $pairs attr-dict `:` type($left) `,` type($right) `,` type($sums)
  }];
  let hasVerifier = 1;
}

#endif // SEXTANT_ATTN_VECTOR_OPS
