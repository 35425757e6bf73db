//===- FrameAdapter.cpp - From a sextant_frame to memref arguments --------===//

#include "compiler/ToObject/FrameAdapter.h"
#include "runtime/Artifact/Kernel.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace sextant;
using llvm::Value;

namespace {
/// Reads a frame: emits the loads of each descriptor, and each symbol once.
class FrameReader {
public:
  FrameReader(llvm::IRBuilder<> &builder, const EntryDescription &entry,
              Value *frame)
      : builder(builder), entry(entry), frame(frame),
        symbols(entry.symbols.size(), nullptr) {
    table = load(builder.getPtrTy(), frame, offsetof(sextant_frame, args));
  }

  Value *threads() {
    return load(builder.getInt64Ty(), frame, offsetof(sextant_frame, threads));
  }

  /// Appends what LLVM passes for one memref: allocated, aligned, offset,
  /// sizes, strides.
  void appendMemRef(unsigned place, llvm::ArrayRef<DimensionDescription> dims,
                    llvm::SmallVectorImpl<Value *> &arguments) {
    Value *descriptor = load(builder.getPtrTy(), table, 8 * place);
    Value *data = load(builder.getPtrTy(), descriptor, /*aligned=*/8);
    arguments.append({data, data, builder.getInt64(0)});
    for (auto [dim, described] : llvm::enumerate(dims))
      arguments.push_back(extent(descriptor, dim, described));
    for (size_t dim = 0; dim < dims.size(); ++dim)
      arguments.push_back(value(descriptor, dims.size() + dim));
  }

  /// Appends the workspace, a memref<?xi8>.
  void appendWorkspace(llvm::SmallVectorImpl<Value *> &arguments) {
    Value *descriptor =
        load(builder.getPtrTy(), table, 8 * entry.arguments.size());
    Value *data = load(builder.getPtrTy(), descriptor, /*aligned=*/8);
    arguments.append({data, data, builder.getInt64(0), value(descriptor, 0),
                      builder.getInt64(1)});
  }

private:
  /// Nothing writes to frames and descriptors while a kernel runs.
  Value *load(llvm::Type *type, Value *base, int64_t bytes) {
    Value *address =
        builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, bytes);
    llvm::LoadInst *load =
        builder.CreateAlignedLoad(type, address, llvm::Align(8));
    load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                      llvm::MDNode::get(builder.getContext(), {}));
    return load;
  }
  /// Entry `index` of the sizes and strides behind the first three fields.
  Value *value(Value *descriptor, int64_t index) {
    return load(builder.getInt64Ty(), descriptor, 24 + 8 * index);
  }
  Value *extent(Value *descriptor, size_t dim,
                const DimensionDescription &described) {
    if (described.symbol < 0)
      return builder.getInt64(described.extent);
    Value *&known = symbols[described.symbol];
    if (!known)
      known = value(descriptor, dim);
    return known;
  }

  llvm::IRBuilder<> &builder;
  const EntryDescription &entry;
  Value *frame, *table;
  llvm::SmallVector<Value *> symbols;
};
} // namespace

/// Gives `to` the attributes of `from` that say which CPU it is for.
static void copyTarget(const llvm::Function &from, llvm::Function &to) {
  for (llvm::StringRef name : {"target-cpu", "tune-cpu", "target-features"})
    if (from.hasFnAttribute(name))
      to.addFnAttr(from.getFnAttribute(name));
}

llvm::Function *FrameAdapter::wrapper(llvm::StringRef name, PartKind kind) {
  const std::string symbol = (name + ".frame").str();
  if (llvm::Function *known = module.getFunction(symbol))
    return known;
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *i64 = llvm::Type::getInt64Ty(context);
  llvm::Type *result =
      kind == PartKind::Run ? llvm::Type::getVoidTy(context) : i64;
  llvm::SmallVector<llvm::Type *> types = {
      llvm::PointerType::getUnqual(context)};
  if (kind == PartKind::Run)
    types.append({i64, i64});
  auto *adapter = llvm::Function::Create(
      llvm::FunctionType::get(result, types, /*isVarArg=*/false),
      llvm::GlobalValue::ExternalLinkage, symbol, module);
  // Tables and code may lie in two objects, but in one artifact.
  adapter->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return adapter;
}

llvm::Error FrameAdapter::adapt(llvm::StringRef name, PartKind kind) {
  llvm::Function *part = module.getFunction(name);
  if (!part || part->isDeclaration())
    return llvm::createStringError("expected a function '" + name +
                                   "' with a body, found none");
  llvm::LLVMContext &context = module.getContext();
  llvm::IRBuilder<> builder(context);
  llvm::Function *adapter = wrapper(name, kind);
  copyTarget(*part, *adapter);

  builder.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", adapter));
  FrameReader reader(builder, entry, adapter->getArg(0));
  llvm::SmallVector<Value *> arguments;
  for (auto [place, argument] : llvm::enumerate(entry.arguments))
    reader.appendMemRef(place, argument.dims, arguments);
  reader.appendWorkspace(arguments);
  arguments.push_back(reader.threads());
  if (kind == PartKind::Run)
    arguments.append({adapter->getArg(1), adapter->getArg(2)});

  llvm::SmallVector<llvm::Type *> expected;
  for (Value *argument : arguments)
    expected.push_back(argument->getType());
  auto *type = llvm::FunctionType::get(adapter->getReturnType(), expected,
                                       /*isVarArg=*/false);
  if (part->getFunctionType() != type) {
    std::string message;
    llvm::raw_string_ostream(message)
        << "function '" << name << "': expected type " << *type << ", got "
        << *part->getFunctionType();
    return llvm::createStringError(message);
  }
  if (!part->use_empty())
    return llvm::createStringError("function '" + name +
                                   "': expected no callers, it is the "
                                   "runtime's, found one");
  // Its blocks move, where inlining would copy them.
  for (auto [argument, value] : llvm::zip_equal(part->args(), arguments))
    argument.replaceAllUsesWith(value);
  llvm::BasicBlock *first = &part->getEntryBlock();
  builder.CreateBr(first);
  adapter->splice(adapter->end(), part);
  llvm::MergeBlockIntoPredecessor(first);
  part->eraseFromParent();
  return llvm::Error::success();
}
