//===- Passes.td - From the fused form to the tiled form -*- tablegen -*-===//

#ifndef SEXTANT_FUSEDTOTILED_PASSES
#define SEXTANT_FUSEDTOTILED_PASSES

include "mlir/Pass/PassBase.td"

def FusedToTiled : Pass<"attn-fused-to-tiled", "::mlir::func::FuncOp"> {
  let summary = "write attention as loops over tiles of queries and keys";
  let description = [{
    - Each `attn.fused` becomes an `attn.for_tiles` with an online softmax over
      tiles of keys. Its key features become an `attn.row_features` kernel that
      stores them once, or are the key operand itself when they copy it.
    - What a score map computes from the head and the distance queryPos - keyPos
      alone becomes an `attn.tabulate` strip, read back with one vector load
      (only if the positions come from `attn.positions` without `lengths`, so
      that the distance is a function of the row numbers). What it computes
      from one query or key row (and batch entry and head) alone becomes an
      `attn.tabulate_rows`.
    - Positions that an argument gives, and captured i32 and i1 tensors that a
      visible region reads with a last index that changes from query to query
      or from key to key, get an `attn.summarize`, by which the tiles are
      classed.
    - Row ops that are left (`attn.row_map`, `attn.slice`, `attn.concat`) become
      `attn.row_features` kernels.

    Refused by name: several terms; statistics, weight, output and carry
    regions; a normalizer that is not an online softmax; element types other
    than f32.

    ```mlir
    %o = attn.fused query(%q ...) key(%k ...) value(%v ...) ...
    ```
    becomes
    ```mlir
    %f = attn.row_features(%k) ...
    %o = attn.for_tiles query(%q) key(%f) value(%v) { ... }
    ```
  }];
  let dependentDialects = ["::sextant::attn::AttnDialect"];
}

def VerifyTiledForm : Pass<"attn-verify-tiled-form", "::mlir::func::FuncOp"> {
  let summary = "check that a function is in the tiled form";
  let description = [{
    The tiled form holds `attn.row_features`, `attn.tabulate`,
    `attn.tabulate_rows`, `attn.summarize`, `attn.for_tiles` and what stands in them, `attn.positions`, constants and the return. What
    else is found was left by the arrow before: an error on the op says so.
  }];
}

#endif // SEXTANT_FUSEDTOTILED_PASSES
