//===- EntryOps.td - What a kernel's callers see -*- tablegen -*-===//

#ifndef SEXTANT_ATTN_ENTRY_OPS
#define SEXTANT_ATTN_ENTRY_OPS

include "dialect/Attn/IR/AttnBase.td"
include "mlir/IR/SymbolInterfaces.td"

def Attn_ArgumentAttr : Attn_Attr<"Argument", "argument"> {
  let summary = "one tensor argument of a kernel";
  let description = [{
    `shape` holds an integer for an extent that is fixed and a string, the name
    of a symbol, for one that the call decides. Equal symbols must have equal
    extents. `position` says that the elements are positions: an i32 input whose
    values the callee refuses outside [-2^24, 2^24].

    ```mlir
    #attn.argument<name = "q", type = f32, shape = ["B", "H", "M", 64]>
    ```
  }];
  let parameters = (ins StringRefParameter<"its name for callers">:$name,
                        TypeParameter<"::mlir::Type", "element type">:$type,
                        "::mlir::ArrayAttr":$shape,
                        DefaultValuedParameter<"bool", "false">:$position);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
def Attn_ArgumentArrayAttr
    : TypedArrayAttrBase<Attn_ArgumentAttr, "array of #attn.argument">;

def Attn_RelationKind : I32EnumAttr<"RelationKind", "how two extents relate", [
    I32EnumAttrCase<"MultipleOf", 0, "multiple_of">,
    I32EnumAttrCase<"AtMost", 1, "at_most">]> {
  let cppNamespace = "::sextant::attn";
  let genSpecializedAttr = 0;
}

def Attn_RelationAttr : Attn_Attr<"Relation", "relation"> {
  let summary = "what must hold between two symbols of a kernel";
  let description = [{
    `multiple_of`: `left` is a multiple of `right`, which is positive.
    `at_most`: `left <= right`.

    ```mlir
    #attn.relation<kind = multiple_of, left = "H", right = "G">
    ```
  }];
  let parameters = (ins EnumParameter<Attn_RelationKind>:$kind,
                        StringRefParameter<"a symbol">:$left,
                        StringRefParameter<"a symbol">:$right);
  let assemblyFormat = "`<` struct(params) `>`";
}
def Attn_RelationArrayAttr
    : TypedArrayAttrBase<Attn_RelationAttr, "array of #attn.relation">;

def Attn_VariantAttr : Attn_Attr<"Variant", "variant"> {
  let summary = "a kernel's code for one instruction set";
  let description = [{
    The code is `phases` pairs of functions and one more (see `attn.entry`):
    functions of `isa`, or of `code`, an instruction set that every machine
    with `isa` has, where they would be the same.

    ```mlir
    #attn.variant<isa = "x86-64-v3", phases = 2>
    #attn.variant<isa = "x86-64-v4-amx", phases = 2, code = "x86-64-v4">
    ```
  }];
  let parameters = (ins StringRefParameter<"the instruction set">:$isa,
                        "int64_t":$phases,
                        StringRefParameter<"whose functions it runs; its own "
                                           "if empty", [{""}]>:$code);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
def Attn_VariantArrayAttr
    : TypedArrayAttrBase<Attn_VariantAttr, "array of #attn.variant">;

def Attn_EntryOp : Attn_Op<"entry", [Symbol]> {
  let summary = "a kernel as its callers see it";
  let description = [{
    Part of the vector form. Names the tensors of a kernel, what must hold
    between their extents, and the instruction sets there is code for, best
    first. For a kernel `k` and every variant of instruction set `isa` with `P`
    phases the module holds these functions, for each phase p < P (with `code` in
    the place of `isa` where a variant has it):

    | function | arguments after the memrefs | result |
    |---|---|---|
    | `k__isa__p<p>_tasks` | i64 threads | i64: the number of tasks |
    | `k__isa__p<p>` | i64 threads, i64 task, i64 thread | |
    | `k__isa__workspace` | i64 threads | i64: bytes, negative: too many |

    Before those arguments stands one memref for each input, then each output,
    in order: `memref<?x?xf32, strided<[?, ?], offset: ?>>` with the argument's
    rank and element type; then the workspace, `memref<?xi8>`, whose first byte
    lies at a multiple of 64. The tasks of a phase are independent; all of them
    end before the next phase starts, and they start in index order. `thread` is
    in [0, threads), and no two tasks that run at once see the same. The
    functions carry the attribute `attn.isa`. `k__isa__workspace` may read sizes
    only.

    An object of this module exports `k`, `k_workspace` and `k_shapes`; the
    names of kernels and arguments are therefore C identifiers.

    ```mlir
    attn.entry @scale
      inputs = [#attn.argument<name = "x", type = f32, shape = ["N", 4]>]
      outputs = [#attn.argument<name = "y", type = f32, shape = ["N", 4]>]
      variants = [#attn.variant<isa = "x86-64", phases = 1>]
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       Attn_ArgumentArrayAttr:$inputs,
                       Attn_ArgumentArrayAttr:$outputs,
                       DefaultValuedAttr<Attn_RelationArrayAttr, "{}">:$relations,
                       Attn_VariantArrayAttr:$variants,
                       OptionalAttr<StrAttr>:$description);
  let assemblyFormat = [{
    $sym_name (`description` `=` $description^)? `inputs` `=` $inputs
    `outputs` `=` $outputs (`relations` `=` $relations^)?
    `variants` `=` $variants attr-dict
  }];
  let hasVerifier = 1;
}

#endif // SEXTANT_ATTN_ENTRY_OPS
