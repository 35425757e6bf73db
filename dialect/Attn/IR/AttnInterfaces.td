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
    InterfaceMethod<"Checks the parameters against the number of rotated channels.",
                    "::mlir::LogicalResult", "verifyWidth",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "int64_t":$width), /*methodBody=*/"",
                    /*defaultImplementation=*/"return ::mlir::success();">,
    InterfaceMethod<[{Positions of a row: 0 for one without an axis dimension,
                      else the extent of that dimension.}], "int64_t",
                    "getNumAxes", (ins), "", "return 0;">,
    InterfaceMethod<"The axis whose position turns pair `pair`.", "int64_t",
                    "evaluateAxis", (ins "int64_t":$pair, "int64_t":$width), "",
                    "return 0;">,
    InterfaceMethod<"`evaluateAxis` as IR: an i32 value.", "::mlir::Value",
                    "expandAxis",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$pair, "int64_t":$width), "",
                    "return {};">,
    InterfaceMethod<"Radians a position step of pair `pair`, in float64.",
                    "double", "evaluateFrequency",
                    (ins "int64_t":$pair, "int64_t":$width, "double":$length)>,
    InterfaceMethod<[{The same as IR: `pair` is i32, `length` i32 or null;
                      returns an f64 value.}],
                    "::mlir::Value", "expandFrequency",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$pair, "int64_t":$width,
                         "::mlir::Value":$length)>,
    InterfaceMethod<"False if every magnitude is 1.", "bool", "hasMagnitude",
                    (ins), /*methodBody=*/"",
                    /*defaultImplementation=*/"return false;">,
    InterfaceMethod<[{What the rotated pair `pair` at `position` is multiplied
                      by, in float64.}],
                    "double", "evaluateMagnitude",
                    (ins "int64_t":$pair, "int64_t":$width, "int64_t":$position,
                         "double":$length), "", "return 1.0;">,
    InterfaceMethod<"`evaluateMagnitude` as IR: an f64 value.", "::mlir::Value",
                    "expandMagnitude",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$pair, "int64_t":$width,
                         "::mlir::Value":$position, "::mlir::Value":$length),
                    "", "return {};">,
  ];
}

def Attn_ScalingInterface : AttrInterface<"SpectrumScalingAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    One link of a spectrum's scaling chain. The chain first maps the base,
    link by link, then each frequency base^(-2 pair / width), link by link; the
    magnitudes of the links multiply.
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
    InterfaceMethod<[{Maps a frequency, in float64; `base` is the one that the
                      whole chain made.}], "double", "evaluateFrequency",
                    (ins "double":$frequency, "double":$base, "int64_t":$pair,
                         "int64_t":$width, "double":$length), "",
                    "return frequency;">,
    InterfaceMethod<"`evaluateBase` as IR on f64.", "::mlir::Value", "expandBase",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$base, "int64_t":$width,
                         "::mlir::Value":$length), "", "return base;">,
    InterfaceMethod<"`evaluateFrequency` as IR on f64.", "::mlir::Value",
                    "expandFrequency",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$frequency, "::mlir::Value":$base,
                         "::mlir::Value":$pair, "int64_t":$width,
                         "::mlir::Value":$length), "", "return frequency;">,
    InterfaceMethod<"False if every magnitude is 1.", "bool", "hasMagnitude",
                    (ins), "", "return false;">,
    InterfaceMethod<"The link's factor of a pair's magnitude, in float64.",
                    "double", "evaluateMagnitude",
                    (ins "int64_t":$pair, "int64_t":$width, "int64_t":$position,
                         "double":$length), "", "return 1.0;">,
    InterfaceMethod<"`evaluateMagnitude` as IR: an f64 value.", "::mlir::Value",
                    "expandMagnitude",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$pair, "int64_t":$width,
                         "::mlir::Value":$position, "::mlir::Value":$length),
                    "", "return {};">,
  ];
}

def Attn_RowEncodingInterface : AttrInterface<"RowEncodingAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    A map of a row of channels by its position and by captured tensors (the op's
    `captures` operands, by their place). The result may have another number of
    channels. `channels` is that of the row.
  }];
  let methods = [
    InterfaceMethod<"Channels of the result.", "int64_t", "getEncodedChannels",
                    (ins "int64_t":$channels), /*methodBody=*/"",
                    /*defaultImplementation=*/"return channels;">,
    InterfaceMethod<"True if it reads the position.", "bool", "usesPositions",
                    (ins), "", "return true;">,
    InterfaceMethod<[{True if a channel depends on all channels of the row: what
                      a kernel cannot do to keys of (query, key) pairs.}],
                    "bool", "mixesChannels", (ins), "", "return false;">,
    InterfaceMethod<"Checks the parameters against a channel count.",
                    "::mlir::LogicalResult", "verifyChannels",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "int64_t":$channels), "",
                    "return ::mlir::success();">,
    InterfaceMethod<"Captured tensors it reads.", "int64_t", "getNumCaptures",
                    (ins), "", "return 0;">,
    InterfaceMethod<"Checks the types of the captured tensors (as many as it reads).",
                    "::mlir::LogicalResult", "verifyCaptures",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "int64_t":$channels, "::mlir::TypeRange":$captures), "",
                    "return ::mlir::success();">,
    InterfaceMethod<[{The encoded row, in float64. `slack` is a bound on the error
                      of the same computation in f32 from an exact row, in units
                      of 2^-24 (docs/Reference.md).}],
                    "void", "evaluate",
                    (ins "const RowCoordinates &":$at,
                         "::llvm::ArrayRef<double>":$row,
                         "const CaptureReader &":$captures,
                         "::llvm::MutableArrayRef<double>":$value,
                         "::llvm::MutableArrayRef<double>":$slack)>,
    InterfaceMethod<[{The same as ops on the rows: row maps, slices, concats.
                      `positions` is null if it does not use them.}],
                    "::mlir::Value", "expand",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$rows, "::mlir::Value":$positions,
                         "::mlir::ValueRange":$captures)>,
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
    InterfaceMethod<"True if it reads queryPos or keyPos.", "bool",
                    "usesPositions", (ins), /*methodBody=*/"",
                    /*defaultImplementation=*/"return true;">,
    InterfaceMethod<"Captured tensors the bias reads.", "int64_t",
                    "getNumCaptures", (ins), "", "return 0;">,
    InterfaceMethod<"Checks the types of the captured tensors (as many as it reads).",
                    "::mlir::LogicalResult", "verifyCaptures",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "::mlir::TypeRange":$captures), "",
                    "return ::mlir::success();">,
    InterfaceMethod<"The bias, in float64.", "double", "evaluate",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures)>,
    InterfaceMethod<[{A bound on the error of the same computation in f32, in
                      units of 2^-24, where the bias is `bias`.}],
                    "double", "boundSlack",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures, "double":$bias),
                    "", "return 8 * std::abs(bias);">,
    InterfaceMethod<"The same as IR: an f32 value.", "::mlir::Value", "expand",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "const PairValues &":$at,
                         "::mlir::ValueRange":$captures)>,
  ];
}

def Attn_DistanceInterface : AttrInterface<"DistanceAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    How far apart the rows of a pair count as, where that is no difference of
    one number a row: it has branches. In each branch a query and a key have
    positions of their own, in units of 1 / `getDivisor`, and a pair belongs to
    the first branch whose condition holds; the last has none.
  }];
  let methods = [
    InterfaceMethod<"The rotation that the distance turns.",
                    "::sextant::attn::RotaryAttrInterface", "getRotation">,
    InterfaceMethod<[{What the query of a pair is ahead of the key by, as a
                      number, in float64.}],
                    "double", "evaluateDistance",
                    (ins "int64_t":$queryPos, "int64_t":$keyPos)>,
    InterfaceMethod<"Branches; at least one.", "int64_t", "getNumBranches">,
    InterfaceMethod<"Units of the positions of a branch that make 1.",
                    "int64_t", "getDivisor", (ins "int64_t":$branch), "",
                    "return 1;">,
    InterfaceMethod<"The position of a query in a branch, as IR: an i32 value.",
                    "::mlir::Value", "expandQueryPosition",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "int64_t":$branch, "::mlir::Value":$position)>,
    InterfaceMethod<"The position of a key in a branch, as IR: an i32 value.",
                    "::mlir::Value", "expandKeyPosition",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "int64_t":$branch, "::mlir::Value":$position)>,
    InterfaceMethod<[{Whether a pair that no branch before takes belongs to this
                      one, as IR: an i1 value. Not asked of the last.}],
                    "::mlir::Value", "expandCondition",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "int64_t":$branch, "::mlir::Value":$queryPos,
                         "::mlir::Value":$keyPos)>,
  ];
}

def Attn_NormalizerInterface : AttrInterface<"NormalizerAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    How the scores of a row become weights, by name. There are three kinds. A
    softmax weighs a key by the exponential of its score, over the sum of those
    of the row and of *extra logits*, keys that have no value. An ordered one
    gives each key its share of what the keys after it leave. Any other
    normalizer weighs a key by a function of its own score, and may divide by the
    sum of the row. `captures` are the op's `with` operands. The methods of the
    other kinds are never called.
  }];
  let methods = [
    InterfaceMethod<"True if weights are exponentials over their sum.", "bool",
                    "isSoftmax", (ins), "", "return false;">,
    InterfaceMethod<"Captured tensors it reads.", "int64_t", "getNumCaptures",
                    (ins), "", "return 0;">,
    InterfaceMethod<"Checks the types of the captured tensors (as many as it reads).",
                    "::mlir::LogicalResult", "verifyCaptures",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "::mlir::TypeRange":$captures), "",
                    "return ::mlir::success();">,
    InterfaceMethod<"True if the weights of a row are divided by their sum.",
                    "bool", "dividesBySum", (ins), "", "return false;">,
    InterfaceMethod<[{The weight of a score, in float64, before the division.
                      `slack` comes with that of the score and becomes that of
                      the weight: bounds of the error of a computation in f32, in
                      units of 2^-24.}],
                    "double", "evaluateWeight",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures, "double":$score,
                         "double &":$slack), "", "return score;">,
    InterfaceMethod<"The same as IR: an f32 value.", "::mlir::Value",
                    "expandWeight",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$score, "const PairValues &":$at,
                         "::mlir::ValueRange":$captures), "", "return score;">,
    InterfaceMethod<"True if keys take shares of what later keys leave.",
                    "bool", "isOrdered", (ins), "", "return false;">,
    InterfaceMethod<[{What a key takes and what it leaves, in float64, by a score
                      with an error of `slack` units of 2^-24.}],
                    "::sextant::attn::KeyShare", "evaluateShare",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures, "double":$score,
                         "double":$slack), "", "return {};">,
    InterfaceMethod<"The same as IR: two f32 values.",
                    "::llvm::SmallVector<::mlir::Value>", "expandShare",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "::mlir::Value":$score, "const PairValues &":$at,
                         "::mlir::ValueRange":$captures), "", "return {};">,
    InterfaceMethod<[{The extra logits of a row, in float64; `at` has no key.}],
                    "::llvm::SmallVector<double>", "evaluateExtraLogits",
                    (ins "const PairCoordinates &":$at,
                         "const CaptureReader &":$captures,
                         "::mlir::TypeRange":$captureTypes), "", "return {};">,
    InterfaceMethod<[{The same as IR: f32 values from the row's batch entry, head,
                      index and position; `at` has no key.}],
                    "::llvm::SmallVector<::mlir::Value>", "expandExtraLogits",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
                         "const PairValues &":$at,
                         "::mlir::ValueRange":$captures), "",
                    "return {};">,
  ];
}

def Attn_RowStateInterface : AttrInterface<"RowStateAttrInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    What a kernel keeps of a row of scores, and what it divides by in the end.
    Partial states of a row merge: those of a softmax once both are brought to
    one reference, sums of weights by addition, ordered ones in the order of
    their keys: (O1, r1) and then (O2, r2) are (O2 + r2 O1, r1 r2).
  }];
  let methods = [
    InterfaceMethod<[{True if weights are exponentials, kept relative to a
                      reference of the row; else a region gives them.}],
                    "bool", "isOnlineSoftmax">,
    InterfaceMethod<"True if the output is divided by the sum of the weights.",
                    "bool", "dividesBySum">,
    InterfaceMethod<[{True if a region says what a key takes and leaves: then the
                      keys of a row are absorbed in ascending order.}],
                    "bool", "isOrdered", (ins), "", "return false;">,
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

def Attn_WeightsInterface : OpInterface<"WeightsOpInterface"> {
  let cppNamespace = "::sextant::attn";
  let description = [{
    An op that makes weights of scores: what it reads of a (query, key) pair, and
    which keys a query sees.
  }];
  let methods = [
    InterfaceMethod<"The scores.", "::mlir::Value", "getScores">,
    InterfaceMethod<"The weights.", "::mlir::Value", "getWeights">,
    InterfaceMethod<"Positions of the queries, or null.", "::mlir::Value", "getQueryPos">,
    InterfaceMethod<"Positions of the keys, or null.", "::mlir::Value", "getKeyPos">,
    InterfaceMethod<"The mask, or null.", "::sextant::attn::MaskAttrInterface",
                    "getMaskAttr">,
    InterfaceMethod<"What the mask reads.", "::mlir::OperandRange", "getCaptures">,
    InterfaceMethod<"The predicate, or an empty region.", "::mlir::Region &",
                    "getVisible">,
  ];
}

#endif // SEXTANT_ATTN_INTERFACES
