//===- AttnInterfaces.td - What an encoding, a mask, an op offers -*- tablegen -*-===//

#ifndef SEXTANT_ATTN_INTERFACES
#define SEXTANT_ATTN_INTERFACES

include "mlir/IR/OpBase.td"

//===----------------------------------------------------------------------===//
// Attributes: every entry has two independent definitions, `evaluate` (float64,
// for the reference interpreter) and `expand` (IR, for the compiler).
//===----------------------------------------------------------------------===//

def Attn_RotaryInterface : AttrInterface<"RotaryAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    A rotary spectrum: which channels rotate, in which layout, and the angular
    frequency of each pair. `width` is the number of rotated channels (even),
    `length` the runtime length that a length policy reads (0 when the op has
    no length operand).
  }];
  let methods = [
    InterfaceMethod<"The pair layout.", "PairLayout", "getPairLayout">,
    InterfaceMethod<"Rotated channels of `channels`; 0 rotates nothing.",
                    "int64_t", "getRotaryWidth", (ins "int64_t":$channels)>,
    InterfaceMethod<"True if the frequencies read the length operand.",
                    "bool", "needsLength">,
    InterfaceMethod<"Checks the parameters against a channel count.",
                    "::mlir::LogicalResult", "verifyChannels",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "int64_t":$channels)>,
    InterfaceMethod<"Radians a position step of pair `pair`, in float64.",
                    "double", "evaluateFrequency",
                    (ins "int64_t":$pair, "int64_t":$width, "double":$length)>,
    InterfaceMethod<[{The same as IR: `pair` is i32, `length` i32 or null;
                      returns an f64 value.}],
                    "::mlir::Value", "expandFrequency",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$pair, "int64_t":$width,
                         "::mlir::Value":$length)>,
  ];
}

def Attn_ScalingInterface : AttrInterface<"SpectrumScalingAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    One link of a spectrum's scaling chain. The chain first maps the base,
    link by link, then each frequency base^(-2 pair / width), link by link.
  }];
  let methods = [
    InterfaceMethod<"True if the link reads the length operand.", "bool",
                    "needsLength", (ins), /*methodBody=*/"",
                    /*defaultImplementation=*/"return false;">,
    InterfaceMethod<"Checks the parameters against the rotary width.",
                    "::mlir::LogicalResult", "verifyWidth",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "int64_t":$width), "", "return ::mlir::success();">,
    InterfaceMethod<"Maps the base, in float64.", "double", "evaluateBase",
                    (ins "double":$base, "int64_t":$width, "double":$length),
                    "", "return base;">,
    InterfaceMethod<"Maps a frequency, in float64.", "double",
                    "evaluateFrequency",
                    (ins "double":$frequency, "int64_t":$pair, "int64_t":$width,
                         "double":$length), "", "return frequency;">,
    InterfaceMethod<"`evaluateBase` as IR on f64.", "::mlir::Value", "expandBase",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$base, "int64_t":$width,
                         "::mlir::Value":$length), "", "return base;">,
    InterfaceMethod<"`evaluateFrequency` as IR on f64.", "::mlir::Value",
                    "expandFrequency",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$frequency, "::mlir::Value":$pair,
                         "int64_t":$width, "::mlir::Value":$length), "",
                    "return frequency;">,
  ];
}

def Attn_MaskInterface : AttrInterface<"MaskAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    A predicate over (query, key) pairs. Captured tensors are the op's
    `captures` operands; a mask names them by their place in that list.
  }];
  let methods = [
    InterfaceMethod<"Captured tensors the mask reads: one past the largest place.",
                    "int64_t", "getNumCaptures", (ins), "", "return 0;">,
    InterfaceMethod<"Checks the types of the captured tensors (enough of them).",
                    "::mlir::LogicalResult", "verifyCaptures",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "::mlir::TypeRange":$captures), "",
                    "return ::mlir::success();">,
    InterfaceMethod<"True if it reads queryPos or keyPos.", "bool",
                    "usesPositions", (ins), "", "return true;">,
    InterfaceMethod<"A mask that sees the same keys, in its simplest form.",
                    "::sextant::attn::MaskAttrInterface", "simplified", (ins),
                    "", "return $_attr;">,
    InterfaceMethod<"Whether the key is visible to the query.", "bool", "evaluate",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures)>,
    InterfaceMethod<"The same as IR: an i1 value.", "::mlir::Value", "expand",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "const PairValues &":$at,
                         "::mlir::ValueRange":$captures)>,
  ];
}

def Attn_BiasInterface : AttrInterface<"BiasAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    A number added to the score of a (query, key) pair, in natural units.
  }];
  let methods = [
    InterfaceMethod<"Captured tensors the bias reads.", "int64_t",
                    "getNumCaptures", (ins), "", "return 0;">,
    InterfaceMethod<"Checks the types of the captured tensors (enough of them).",
                    "::mlir::LogicalResult", "verifyCaptures",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "::mlir::TypeRange":$captures), "",
                    "return ::mlir::success();">,
    InterfaceMethod<"The bias, in float64.", "double", "evaluate",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures)>,
    InterfaceMethod<"The same as IR: an f32 value.", "::mlir::Value", "expand",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "const PairValues &":$at,
                         "::mlir::ValueRange":$captures)>,
  ];
}

def Attn_NormalizerInterface : AttrInterface<"NormalizerAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    How the scores of a row become weights. The first version knows softmax;
    the interface names what another normalizer must say.
  }];
  let methods = [
    InterfaceMethod<"True if the state is (rowMax, rowSum) with rescaling.",
                    "bool", "isOnlineSoftmax">,
  ];
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

def Attn_ExpandInterface : OpInterface<"ExpandOpInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    A shorthand op that the compiler replaces by more general ops of the
    dialect before it looks at the program.
  }];
  let methods = [
    InterfaceMethod<"Builds the general form; returns one value a result.",
                    "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>",
                    "expand", (ins "::mlir::OpBuilder &":$builder)>,
  ];
}

#endif // SEXTANT_ATTN_INTERFACES
