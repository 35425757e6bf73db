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

#endif // SEXTANT_ATTN_VECTOR_OPS
