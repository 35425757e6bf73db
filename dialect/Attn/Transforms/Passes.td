//===- Passes.td - Passes within the attn form -*- tablegen -*-===//

#ifndef SEXTANT_ATTN_TRANSFORMS_PASSES
#define SEXTANT_ATTN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def AttnExpand : Pass<"attn-expand"> {
  let summary = "write shorthands and named masks out";
  let description = [{
    Afterwards no op of the attn form offers the expansion interface and every
    mask is a visible region: the program says with general ops and regions
    alone what it said with names. A program that is not compiled but read, or
    edited into a variant of its own, starts here; the compiler's first arrow
    expands by the same interfaces.

    ```mlir
    %p = attn.softmax %s at (%m, %n) visible(#attn.causal) : ...
    ```
    becomes
    ```mlir
    %p = attn.softmax %s at (%m, %n) visible (%b, %h, %i, %j, %qp, %kp) {
      %v = arith.cmpi sle, %kp, %qp : i32
      attn.yield %v : i1
    } : ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // SEXTANT_ATTN_TRANSFORMS_PASSES
