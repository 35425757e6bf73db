//===- AttnBase.td - The attn dialect and its type constraints -*- tablegen -*-===//

#ifndef SEXTANT_ATTN_BASE
#define SEXTANT_ATTN_BASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Attn_Dialect : Dialect {
  let name = "attn";
  let cppNamespace = "::sextant::attn";
  let summary = "Attention variants, from the paper's equations to tiles";
  let description = [{
    `attn` holds three forms of one computation, in the order of compilation.

    - The *attn* form reads like the equations: tensor ops over
      `tensor<B x H x L x D>`, positions as SSA values, masks as predicates.
    - The *fused* form is one op, `attn.fused`: features of the query times
      features of the key, a score region, a visible region, a normalizer.
    - The *tiled* form is a structured loop over query and key tiles.

    Letters: B batch, H query heads, G key heads (G divides H), M queries,
    N keys, D channels, K = D/2 pairs, Dv value channels. A tensor over
    (query, key) pairs, `tensor<B x H x M x N x ...>`, is *virtual*: the
    compiler never stores it.
  }];
  // Parsed and printed through one table, which the entries join.
  let useDefaultAttributePrinterParser = 0;
  let useDefaultTypePrinterParser = 0;
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
  let extraClassDeclaration = [{
    /// Adds attribute classes with their syntax (defined in AttnEntry.h).
    template <typename... AttrTs> void addEntries();
    /// Calls the registration of every entry of Masks/, Normalizers/,
    /// Positions/ and Rows/; generated from those folders.
    void registerEntries();

    /// An attribute class of the dialect.
    struct Entry {
      ::llvm::StringRef mnemonic;
      ::mlir::TypeID id;
      /// See AttnSample.h; null without one.
      EntrySampleFn sample;
    };
    ::llvm::ArrayRef<Entry> getEntries() const { return entries; }

    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser &parser,
                                     ::mlir::Type type) const override;
    void printAttribute(::mlir::Attribute attr,
                        ::mlir::DialectAsmPrinter &printer) const override;
    ::mlir::Type parseType(::mlir::DialectAsmParser &parser) const override;
    void printType(::mlir::Type type,
                   ::mlir::DialectAsmPrinter &printer) const override;

  private:
    using AttributeParser = ::mlir::Attribute (*)(::mlir::AsmParser &,
                                                  ::mlir::Type);
    using AttributePrinter = void (*)(::mlir::Attribute, ::mlir::AsmPrinter &);
    ::llvm::SmallVector<Entry> entries;
    ::llvm::StringMap<AttributeParser> attributeParsers;
    ::llvm::DenseMap<::mlir::TypeID, AttributePrinter> attributePrinters;
  }];
}

class Attn_Op<string mnemonic, list<Trait> traits = []>
    : Op<Attn_Dialect, mnemonic, traits>;
class Attn_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Attn_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}
// A finite float64 written as a decimal number (`1.0e4`).
class Attn_Number<string desc = "a number"> : APFloatParameter<desc> {
  let parser = "::sextant::attn::parseNumber($_parser)";
  let printer = "::sextant::attn::printNumber($_printer, $_self)";
}
// The rotation that an entry turns rows by.
def Attn_Rotation
    : AttrParameter<"::sextant::attn::RotaryAttrInterface", "a rotation"> {
  let parser = "::sextant::attn::parseRotation($_parser)";
  let printer = "::sextant::attn::printRotation($_printer, $_self)";
}
// A list of such numbers (`[1.0, 2.5]`); null if it is not written.
class Attn_Numbers<string desc>
    : AttrParameter<"::mlir::DenseF64ArrayAttr", desc> {
  let parser = "::sextant::attn::parseNumbers($_parser)";
  let printer = "::sextant::attn::printNumbers($_printer, $_self)";
}
class Attn_Type<string name, string typeMnemonic>
    : TypeDef<Attn_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Attn_Float : AnyTypeOf<[F32, F16, BF16], "f32, f16 or bf16">;

// Elements and ranks of operands (element_c2, shape_c1).
def Attn_RowTensor : TensorRankOf<[Attn_Float], [4]>;       // B, H, L, D
def Attn_KeyTensor : TensorRankOf<[Attn_Float], [4, 5]>;    // also B, H, M, N, D
def Attn_PairTensor : TensorRankOf<[Attn_Float], [5]>;      // B, H, M, N, D
def Attn_ScoreTensor : TensorRankOf<[F32], [4]>;            // B, H, M, N
def Attn_LseTensor : TensorRankOf<[F32], [3]>;              // B, H, M
def Attn_StatisticTensor : TensorRankOf<[F32], [3]>;        // B, H, L
def Attn_PositionTensor : TensorRankOf<[I32], [2]>;         // B, L
def Attn_AxesTensor : TensorRankOf<[I32], [2, 3]>;          // B, L or B, L, A
def Attn_PhaseTensor : TensorRankOf<[F32], [3]>;            // B, L, K
def Attn_LengthTensor : TensorRankOf<[I32], [0]>;           // one length a call
def Attn_BatchTensor : TensorRankOf<[I32], [1]>;            // B
def Attn_SeedTensor : TensorRankOf<[I32], [0]>;             // one a call
def Attn_ProbabilityTensor : TensorRankOf<[F32], [0]>;      // one a call

def Attn_Layout : I32EnumAttr<"PairLayout", "how channels pair up", [
    I32EnumAttrCase<"Half", 0, "half">,
    I32EnumAttrCase<"Interleaved", 1, "interleaved">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}
// Half unless written.
def Attn_LayoutParam : EnumParameter<Attn_Layout> {
  let defaultValue = "PairLayout::Half";
}

def Attn_ScoreSide : I32EnumAttr<"ScoreSide", "a side of a score", [
    I32EnumAttrCase<"Query", 0, "query">,
    I32EnumAttrCase<"Key", 1, "key">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}

def Attn_Align : I32EnumAttr<"Align", "which ends of queries and keys meet", [
    I32EnumAttrCase<"BottomRight", 0, "bottom_right">,
    I32EnumAttrCase<"TopLeft", 1, "top_left">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}
def Attn_AlignParam : EnumParameter<Attn_Align>;

def Attn_Reduction : I32EnumAttr<"Reduction", "one number of many", [
    I32EnumAttrCase<"Sum", 0, "sum">,
    I32EnumAttrCase<"SumOfSquares", 1, "sum_of_squares">,
    I32EnumAttrCase<"Max", 2, "max">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}

def Attn_ExtentKind : I32EnumAttr<"ExtentKind", "an extent of the call", [
    I32EnumAttrCase<"Batch", 0, "batch">,
    I32EnumAttrCase<"Heads", 1, "heads">,
    I32EnumAttrCase<"KeyHeads", 2, "key_heads">,
    I32EnumAttrCase<"Queries", 3, "queries">,
    I32EnumAttrCase<"Keys", 4, "keys">,
    I32EnumAttrCase<"Channels", 5, "channels">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}

#endif // SEXTANT_ATTN_BASE
