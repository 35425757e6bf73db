//===- Passes.td - From the attn form to the fused form -*- tablegen -*-===//

#ifndef SEXTANT_ATTNTOFUSED_PASSES
#define SEXTANT_ATTNTOFUSED_PASSES

include "mlir/Pass/PassBase.td"

def AttnToFused : Pass<"attn-to-fused", "::mlir::func::FuncOp"> {
  let summary = "separate scores and build attn.fused";
  let description = [{
    Turns the attn form of a function into the fused form. Every chain
    `weighted_sum(softmax(score_map*(scores(q, k))), v)` becomes one
    `attn.fused`; row maps that are not part of a score stay as they are.

    1. *Expand.* Ops with `ExpandOpInterface` are replaced by general ops; equal
       ops merge. The pass knows no op beyond the general ones, `arith` and
       `math`.
    2. *Inline.* The channels of the queries and keys are walked back through
       `row_map`, `slice`, `concat` and `pair_keys`. Channels that share an
       input form a group; groups of one structure, with channel numbers in
       arithmetic progression, form one `#attn.group`. Each gets a scalar
       program over a query row and a key row.
    3. *Separate.* The program, a polynomial in channels, cosines and sines of
       the rows' positions and opaque one-sided values, is written as
       `E(query) . F(key)` with the least number of features and `E.F - score`
       checked to be zero; the factors become the feature regions. The softmax
       scale goes to E.

    The score maps become the score region, the mask the visible region. Tensors
    that regions read become captures; positions other than those of the mask
    are read the same way.

    Errors: a program that does not separate (at the op that reads both rows,
    with the rank of sampled scores and the memory the keys would take); scores,
    weights or per-query keys that would have to be stored; weights without a
    weighted sum. Warnings: maps that pair channels differently, positions that
    become features, masks written as numbers added to scores. Remarks: terms that softmax cancels.

    ```mlir
    %s = attn.scores %q, %k scale(0.125) : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>
    %p = attn.softmax %s : tensor<?x?x?x?xf32>
    %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x64xf32>
    ```
    becomes
    ```mlir
    %o = attn.fused query(%q : tensor<?x?x?x64xf32>) key(%k : tensor<?x?x?x64xf32>)
        value(%v : tensor<?x?x?x64xf32>)
        terms([[#attn.group<count = 64, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
        normalizer(#attn.softmax) features {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %m: i32, %g: i32):
      %scale = arith.constant 1.250000e-01 : f32
      %e = arith.mulf %x, %scale : f32
      attn.yield %e : f32
    }, {
    ^bb0(%y: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
      attn.yield %y : f32
    } : tensor<?x?x?x64xf32>
    ```
  }];
  let dependentDialects = ["::sextant::attn::AttnDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ExplainAttention : Pass<"explain-attention", "::mlir::ModuleOp"> {
  let summary = "print the factored form of every attention";
  let description = [{
    Prints to standard output what `attn-to-fused` finds out about each
    attention, and changes nothing: the features E and F as formulas, their
    width, what a key cache may hold, whether the score is translation
    invariant, what is hoisted out of the loop over pairs. This is
    `sextantc --explain`.

    In the formulas `qa, qb` and `ka, kb` are the channels named above them,
    `m` and `n` the positions of query and key, `cm` and `sm` cosine and sine of
    the query's angle, `c2m` of twice that angle, `cn` and `sn` those of the key.
  }];
  let dependentDialects = ["::sextant::attn::AttnDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // SEXTANT_ATTNTOFUSED_PASSES
