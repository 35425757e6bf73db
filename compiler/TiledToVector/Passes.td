//===- Passes.td - From the tiled form to the vector form -*- tablegen -*-===//

#ifndef SEXTANT_TILEDTOVECTOR_PASSES
#define SEXTANT_TILEDTOVECTOR_PASSES

include "mlir/Pass/PassBase.td"

def TiledToVector : Pass<"attn-tiled-to-vector", "::mlir::ModuleOp"> {
  let summary = "write tiled kernels as functions on vectors, for each target";
  let description = [{
    Every public function in the tiled form becomes one `attn.entry` and, for
    each instruction set, the functions that `attn.entry` names. Each
    `attn.row_features`, `attn.tabulate`, `attn.tabulate_rows`,
    `attn.summarize` and `attn.for_tiles` is one phase, in order. Tensors that are not returned live in the workspace, followed by
    the scratch of each thread.

    In `attn.for_tiles` the queries are in the lanes (`vector<8xf32>` with AVX2)
    and the register tiles are unrolled here, in the sizes of `#attn.schedule`
    or, without it, of the target. In `attn.row_features` the lanes are channel
    groups.

    Where products of bf16 are allowed and the schedule or the target wants them,
    features, keys, weights and values are packed into pairs and register tiles
    are made of `attn.pair_dot`.

    Values of feature regions that depend on the group alone (frequencies) are
    folded to constant tables where they can be.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"host\"",
           "the targets to write code for, as --target of sextantc">,
    Option<"baseline", "baseline", "bool", /*default=*/"true",
           "whether the baseline is always among them">
  ];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

#endif // SEXTANT_TILEDTOVECTOR_PASSES
