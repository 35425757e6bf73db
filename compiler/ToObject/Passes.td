//===- Passes.td - From the vector form to an object -*- tablegen -*-===//

#ifndef SEXTANT_TO_OBJECT_PASSES
#define SEXTANT_TO_OBJECT_PASSES

include "mlir/Pass/PassBase.td"

def VerifyVectorFormPass : Pass<"attn-verify-vector-form", "::mlir::ModuleOp"> {
  let summary = "Check what the vector form promises";
  let description = [{
    After it, for every `attn.entry`: all functions it names exist, with the
    types it says and the right `attn.isa`; and no op is left that the
    instruction set of its function lacks. An op of `math` may stay only where
    it is one instruction there, because an artifact has no libm: `math.fma` needs
    a fused multiply-add (`vector.fma` may be a product and a sum); `math.floor`, `math.ceil`,
    `math.roundeven`, `math.trunc` need a rounding instruction; `math.absf`,
    `math.sqrt` and `math.copysign` are instructions everywhere. `arith.remf` is
    a call everywhere. A function calls only functions of its instruction set.
  }];
}

def SimplifyVectorFormPass
    : Pass<"attn-simplify-vector-form", "::mlir::ModuleOp"> {
  let summary = "Write the vector form in ops that LLVM has";
  let description = [{
    Strided views become address arithmetic; transfers, transpositions,
    contractions, masks and shapes of vectors become loads, stores, shuffles and
    fused multiply-adds on vectors of one dimension. Loops that run once and
    decided branches disappear. `attn.pair_dot` and `attn.pack_pairs` become an
    instruction where the instruction set of the function (`attn.isa`) has one
    for that many lanes, else shifts and multiply-adds.
  }];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect",
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::ub::UBDialect", "::mlir::vector::VectorDialect"
  ];
}

def FunctionsToLLVMPass
    : Pass<"attn-functions-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Convert functions to the LLVM dialect, all dialects at once";
  let description = [{
    Takes what `attn-simplify-vector-form` leaves. An op without a counterpart
    in LLVM is an error that names it.
  }];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::cf::ControlFlowDialect"
  ];
}

def TargetAttributesPass
    : Pass<"attn-set-target-attributes", "::mlir::ModuleOp"> {
  let summary = "Turn attn.isa into what LLVM reads";
  let description = [{
    Gives every `llvm.func` that carries `attn.isa` its `target_cpu` and
    `target_features`, removes `attn.isa`, and erases `attn.entry`, whose
    content the caller has read.

    ```mlir
    llvm.func @f() attributes {attn.isa = "x86-64-v3"}
    // becomes
    llvm.func @f() attributes {target_cpu = "x86-64-v3"}
    ```
  }];
  let options = [
    Option<"tuning", "tuning", "std::string", /*default=*/"\"\"",
           "CPU name to tune functions of the isa `tuned-isa` for">,
    Option<"tunedIsa", "tuned-isa", "std::string", /*default=*/"\"\"",
           "the instruction set that `tuning` is for">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SEXTANT_TO_OBJECT_PASSES
