//===- KernelTable.cpp - A kernel's tables and exported functions ---------===//

#include "compiler/ToObject/KernelTable.h"
#include "compiler/ToObject/FrameAdapter.h"
#include "runtime/Artifact/Kernel.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"

using namespace sextant;
using llvm::Constant;
using llvm::ConstantInt;
using llvm::ConstantStruct;

// The structs are written field by field below; these sizes say that no field
// was added since.
static_assert(sizeof(sextant_dim) == 16 && sizeof(sextant_arg) == 48 &&
              sizeof(sextant_relation) == 40 && sizeof(sextant_phase) == 16 &&
              sizeof(sextant_variant) == 40 && sizeof(sextant_kernel) == 64);

/// Positions lie within +-2^24, so that their conversion to f32 is exact.
static constexpr int64_t kMaxPosition = int64_t(1) << 24;

namespace {
/// Writes the tables of one kernel as constants.
class TableWriter {
public:
  TableWriter(llvm::Module &module, const EntryDescription &entry)
      : module(module), entry(entry), context(module.getContext()),
        pointer(llvm::PointerType::getUnqual(context)) {}

  Constant *kernel();

private:
  Constant *i32(int64_t value) {
    return ConstantInt::getSigned(llvm::Type::getInt32Ty(context), value);
  }
  Constant *i64(int64_t value) {
    return ConstantInt::getSigned(llvm::Type::getInt64Ty(context), value);
  }
  /// An anonymous struct; every one of ours is laid out without padding.
  Constant *record(llvm::ArrayRef<Constant *> fields) {
    return ConstantStruct::getAnon(context, fields);
  }
  Constant *global(Constant *value, const llvm::Twine &name) {
    auto *variable = new llvm::GlobalVariable(
        module, value->getType(), /*isConstant=*/true,
        llvm::GlobalValue::PrivateLinkage, value, entry.name + "." + name);
    variable->setAlignment(llvm::Align(8));
    variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return variable;
  }
  /// The address of an array of `elements`; null where there are none.
  Constant *array(llvm::ArrayRef<Constant *> elements,
                  const llvm::Twine &name) {
    if (elements.empty())
      return llvm::ConstantPointerNull::get(pointer);
    auto *type =
        llvm::ArrayType::get(elements.front()->getType(), elements.size());
    return global(llvm::ConstantArray::get(type, elements), name);
  }
  Constant *text(llvm::StringRef value) {
    return global(llvm::ConstantDataArray::getString(context, value), "text");
  }
  Constant *dimension(const DimensionDescription &dim) {
    if (dim.symbol >= 0)
      return record({i32(SEXTANT_DIM_SYMBOL), i32(dim.symbol), i64(0)});
    return record({i32(SEXTANT_DIM_STATIC), i32(0), i64(dim.extent)});
  }
  Constant *argument(const ArgumentDescription &argument);
  Constant *variant(const VariantDescription &variant);

  llvm::Module &module;
  const EntryDescription &entry;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
};
} // namespace

Constant *TableWriter::argument(const ArgumentDescription &argument) {
  llvm::SmallVector<Constant *> dims;
  for (const DimensionDescription &dim : argument.dims)
    dims.push_back(dimension(dim));
  const bool bounded = argument.position;
  return record(
      {text(argument.name), array(dims, argument.name + ".dims"),
       i32(argument.dims.size()), i32(bounded ? SEXTANT_ARG_BOUNDED : 0),
       i32(argument.dtypeCode), i32(argument.dtypeBits),
       i64(bounded ? -kMaxPosition : 0), i64(bounded ? kMaxPosition : 0)});
}

Constant *TableWriter::variant(const VariantDescription &variant) {
  const Target &target = *variant.target, &code = *variant.code;
  FrameAdapter adapter(module, entry);
  llvm::SmallVector<Constant *> phases;
  for (int64_t phase = 0; phase < variant.phases; ++phase)
    phases.push_back(
        record({adapter.wrapper(entry.tasksName(code, phase), PartKind::Tasks),
                adapter.wrapper(entry.runName(code, phase), PartKind::Run)}));
  return record(
      {i32(target.runtimeIsa), i32(int32_t(target.requiredBits)),
       text(target.runtimeName), i32(phases.size()), i32(0),
       array(phases, target.isa + ".phases"),
       adapter.wrapper(entry.workspaceName(code), PartKind::Workspace)});
}

Constant *TableWriter::kernel() {
  llvm::SmallVector<Constant *> arguments, symbols, relations, variants;
  for (const ArgumentDescription &described : entry.arguments)
    arguments.push_back(argument(described));
  for (const std::string &symbol : entry.symbols)
    symbols.push_back(text(symbol));
  for (const RelationDescription &relation : entry.relations) {
    DimensionDescription left, right;
    left.symbol = relation.left;
    right.symbol = relation.right;
    relations.push_back(record(
        {i32(relation.kind), i32(0), dimension(left), dimension(right)}));
  }
  for (const VariantDescription &described : entry.variants)
    variants.push_back(variant(described));
  return global(
      record({i32(SEXTANT_KERNEL_ABI), i32(entry.ins().size()),
              i32(entry.outs().size()), i32(symbols.size()), text(entry.name),
              array(arguments, "arguments"), array(symbols, "symbols"),
              array(relations, "relations"), array(variants, "variants"),
              i32(relations.size()), i32(variants.size())}),
      "kernel");
}

/// Adds `name`, which passes `table` and its own arguments, in order, to the
/// function `callee` of the artifact library.
static llvm::Error addExported(llvm::Module &module, const llvm::Twine &name,
                               llvm::StringRef callee, Constant *table,
                               bool hasBytes) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *pointer = llvm::PointerType::getUnqual(context);
  llvm::Type *i32 = llvm::Type::getInt32Ty(context);
  llvm::SmallVector<llvm::Type *> types = {pointer, i32, pointer, i32, pointer};
  if (hasBytes)
    types.push_back(pointer);
  const std::string symbol = name.str();
  if (module.getNamedValue(symbol))
    return llvm::createStringError("symbol '" + symbol +
                                   "' is defined twice: two kernels export it");
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(i32, types, /*isVarArg=*/false),
      llvm::GlobalValue::ExternalLinkage, symbol, module);
  function->setDoesNotThrow();
  types.insert(types.begin(), pointer);
  llvm::FunctionCallee target = module.getOrInsertFunction(
      callee, llvm::FunctionType::get(i32, types, /*isVarArg=*/false));
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(context, "entry", function));
  llvm::SmallVector<llvm::Value *> arguments = {table};
  for (llvm::Argument &argument : function->args())
    arguments.push_back(&argument);
  builder.CreateRet(builder.CreateCall(target, arguments));
  return llvm::Error::success();
}

llvm::Error sextant::adaptFunctions(llvm::Module &module,
                                    const EntryDescription &entry,
                                    const VariantDescription &variant) {
  const Target &target = *variant.target;
  FrameAdapter adapter(module, entry);
  auto adapt = [&](const std::string &name, PartKind kind) -> llvm::Error {
    if (!module.getFunction(name))
      return llvm::Error::success();
    return adapter.adapt(name, kind);
  };
  for (int64_t phase = 0; phase < variant.phases; ++phase) {
    if (llvm::Error error =
            adapt(entry.tasksName(target, phase), PartKind::Tasks))
      return error;
    if (llvm::Error error = adapt(entry.runName(target, phase), PartKind::Run))
      return error;
  }
  return adapt(entry.workspaceName(target), PartKind::Workspace);
}

llvm::Error sextant::addKernel(llvm::Module &module,
                               const EntryDescription &entry) {
  Constant *table = TableWriter(module, entry).kernel();
  if (llvm::Error error = addExported(module, entry.name,
                                      "sextant_artifact_call", table, false))
    return error;
  if (llvm::Error error =
          addExported(module, entry.name + "_workspace",
                      "sextant_artifact_workspace", table, true))
    return error;
  return addExported(module, entry.name + "_shapes", "sextant_artifact_shapes",
                     table, false);
}
