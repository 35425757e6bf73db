//===- ReduceAddresses.cpp - Addresses of the innermost loops -------------===//

#include "compiler/ToObject/ReduceAddresses.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Analysis/InstSimplifyFolder.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Transforms/Utils/Local.h"
#include <map>
#include <optional>

using namespace llvm;
using namespace sextant;

namespace {
/// A number of the loop: what it does not change, in the order of appearance.
/// Number 0 is the constant 1.
using Number = unsigned;
/// A sum of numbers times constants, none of them 0, modulo 2^64.
using Sum = std::map<Number, uint64_t>;

/// fixed + i * slope, with the loop's counter i.
struct Linear {
  Sum fixed, slope;
};

/// Addresses that share a pointer: base + fixed + i * slope.
struct Stream {
  Value *base;
  Linear offset;
  /// One of them, as the loop has it.
  Value *first;
  /// What takes its place, or, if the slope is applied by addresses, what it
  /// would be for i = 0.
  Value *pointer = nullptr;
};

/// An address of a stream, `times` slopes and `constant` bytes from its first.
struct Place {
  unsigned stream = 0;
  int64_t times = 0;
  int64_t constant = 0;
};

/// Depth of an expression that is looked through.
constexpr unsigned kDepth = 8;
/// The largest factor of an index in an address of x86.
constexpr uint64_t kLargestScale = 8;
} // namespace

static void add(Sum &sum, const Sum &other, uint64_t factor = 1) {
  for (auto [number, times] : other) {
    uint64_t &entry = sum[number];
    entry += times * factor;
    if (!entry)
      sum.erase(number);
  }
}

static uint64_t constantOf(const Sum &sum) {
  auto found = sum.find(0);
  return found == sum.end() ? 0 : found->second;
}

static Sum withoutConstant(Sum sum) {
  sum.erase(0);
  return sum;
}

/// The `times` with sum = times * step but for constants, if it is small.
static std::optional<int64_t> timesOf(const Sum &sum, const Sum &step) {
  Sum numbers = withoutConstant(sum);
  if (numbers.empty())
    return 0;
  Sum unit = withoutConstant(step);
  for (int64_t times = 1; times <= int64_t(kLargestScale); ++times) {
    add(numbers, unit, -1);
    if (numbers.empty())
      return times;
  }
  return std::nullopt;
}

/// The counter of a loop of one block.
static PHINode *counterOf(BasicBlock *block) {
  for (PHINode &phi : block->phis()) {
    auto *next = dyn_cast<BinaryOperator>(phi.getIncomingValueForBlock(block));
    if (phi.getType()->isIntegerTy(64) && next &&
        next->getOpcode() == Instruction::Add && next->getOperand(0) == &phi &&
        isa<ConstantInt>(next->getOperand(1)))
      return &phi;
  }
  return nullptr;
}

namespace {
class LoopAddresses {
public:
  /// The loop is `counter`'s block; `before` is the block it is entered from.
  LoopAddresses(PHINode *counter, BasicBlock *before,
                const TargetTransformInfo &target)
      : block(counter->getParent()), before(before), counter(counter),
        layout(block->getDataLayout()),
        atEntry(block->getContext(), InstSimplifyFolder(layout)),
        values(1, nullptr),
        scales(target.isLegalAddressingMode(
            atEntry.getInt32Ty(), nullptr, /*BaseOffset=*/64,
            /*HasBaseReg=*/true, /*Scale=*/kLargestScale)) {
    atEntry.SetInsertPoint(before->getTerminator());
  }
  /// Rewrites the addresses. Returns whether there were any.
  bool run();

private:
  bool varies(Value *value) const {
    auto *made = dyn_cast<Instruction>(value);
    return made && made->getParent() == block;
  }
  Number numberOf(Value *value);
  Number numberOf(Number first, Number second);
  std::optional<Linear> linear(Value *value, unsigned depth = 0);
  Linear product(const Linear &a, const Sum &b);
  std::optional<Place> place(Value *address);
  uint64_t scaleOf(const Sum &slope) const;
  Value *valueOf(Number number);
  Value *valueOf(const Sum &sum, uint64_t factor);
  Value *valueAtEntry(Value *value, Value *count);
  Value *pointerOf(Stream &stream);
  Value *rewritten(const Place &place, Instruction *user);

  BasicBlock *block, *before;
  PHINode *counter;
  const DataLayout &layout;
  IRBuilder<InstSimplifyFolder> atEntry;
  /// By number. A product has no value until one is asked for.
  SmallVector<Value *> values;
  DenseMap<Value *, Number> numbers;
  std::map<std::pair<Number, Number>, Number> products;
  std::map<Sum, Value *> sums;
  DenseMap<std::pair<Value *, Value *>, Value *> entryValues;
  SmallVector<Stream> streams;
  /// Addresses are base + index * factor + constant, as x86 has them.
  bool scales;
};
} // namespace

Number LoopAddresses::numberOf(Value *value) {
  auto [known, isNew] = numbers.try_emplace(value, values.size());
  if (isNew)
    values.push_back(value);
  return known->second;
}

Number LoopAddresses::numberOf(Number first, Number second) {
  if (!first || !second)
    return first + second;
  auto [known, isNew] =
      products.try_emplace(std::minmax(first, second), values.size());
  if (isNew)
    values.push_back(nullptr);
  return known->second;
}

Linear LoopAddresses::product(const Linear &a, const Sum &b) {
  auto times = [&](const Sum &x) {
    Sum result;
    for (auto [first, m] : x)
      for (auto [second, n] : b)
        add(result, {{numberOf(first, second), 1}}, m * n);
    return result;
  };
  return {times(a.fixed), times(a.slope)};
}

std::optional<Linear> LoopAddresses::linear(Value *value, unsigned depth) {
  if (auto *constant = dyn_cast<ConstantInt>(value)) {
    Linear result;
    add(result.fixed, {{0, 1}}, constant->getZExtValue());
    return result;
  }
  if (value == counter)
    return Linear{{}, {{0, 1}}};
  auto *made = dyn_cast<BinaryOperator>(value);
  auto atom = [&]() -> std::optional<Linear> {
    if (varies(value))
      return std::nullopt;
    return Linear{{{numberOf(value), 1}}, {}};
  };
  // Of what stays only constants matter: values that differ by one share a
  // pointer.
  if (!made || depth == kDepth ||
      (!varies(value) && !isa<ConstantInt>(made->getOperand(1))))
    return atom();
  std::optional<Linear> a = linear(made->getOperand(0), depth + 1);
  std::optional<Linear> b = linear(made->getOperand(1), depth + 1);
  if (!a || !b)
    return std::nullopt;
  switch (made->getOpcode()) {
  case Instruction::Or:
    if (!cast<PossiblyDisjointInst>(made)->isDisjoint())
      return atom();
    [[fallthrough]];
  case Instruction::Add:
    add(a->fixed, b->fixed);
    add(a->slope, b->slope);
    return a;
  case Instruction::Sub:
    add(a->fixed, b->fixed, -1);
    add(a->slope, b->slope, -1);
    return a;
  case Instruction::Shl:
    if (auto *amount = dyn_cast<ConstantInt>(made->getOperand(1)))
      if (amount->getZExtValue() < 64)
        return product(*a, {{0, uint64_t(1) << amount->getZExtValue()}});
    return atom();
  case Instruction::Mul:
    if (b->slope.empty())
      return product(*a, b->fixed);
    if (a->slope.empty())
      return product(*b, a->fixed);
    return std::nullopt;
  default:
    return atom();
  }
}

std::optional<Place> LoopAddresses::place(Value *address) {
  Linear offset;
  Value *base = address;
  while (auto *gep = dyn_cast<GetElementPtrInst>(base)) {
    TypeSize size = layout.getTypeAllocSize(gep->getSourceElementType());
    std::optional<Linear> index;
    // Narrower indices would be extended after they wrapped.
    if (gep->getNumIndices() == 1 && !size.isScalable() &&
        gep->getOperand(1)->getType()->isIntegerTy(64))
      index = linear(gep->getOperand(1));
    if (!index)
      break;
    add(offset.fixed, index->fixed, size.getFixedValue());
    add(offset.slope, index->slope, size.getFixedValue());
    base = gep->getPointerOperand();
  }
  // What stays was moved out of the loop before.
  if (varies(base) || offset.slope.empty())
    return std::nullopt;

  for (auto [index, stream] : enumerate(streams)) {
    if (stream.base != base || stream.offset.slope != offset.slope)
      continue;
    Sum apart = offset.fixed;
    add(apart, stream.offset.fixed, -1);
    std::optional<int64_t> times = timesOf(apart, offset.slope);
    if (!times || (*times && !scales))
      continue;
    int64_t constant = constantOf(apart) - *times * constantOf(offset.slope);
    if (isInt<32>(constant))
      return Place{unsigned(index), *times, constant};
  }
  streams.push_back({base, std::move(offset), address});
  return Place{unsigned(streams.size() - 1)};
}

/// The factor of the counter, if addresses can apply it, else 0.
uint64_t LoopAddresses::scaleOf(const Sum &slope) const {
  uint64_t factor = constantOf(slope);
  bool is = scales && slope.size() == 1 && isPowerOf2_64(factor) &&
            factor <= kLargestScale;
  return is ? factor : 0;
}

Value *LoopAddresses::valueOf(Number number) {
  for (auto [factors, known] : products)
    if (known == number && !values[number])
      values[number] =
          atEntry.CreateMul(valueOf(factors.first), valueOf(factors.second));
  return number ? values[number] : atEntry.getInt64(1);
}

/// `factor` times `sum`.
Value *LoopAddresses::valueOf(const Sum &sum, uint64_t factor) {
  Sum multiple;
  add(multiple, sum, factor);
  auto [known, isNew] = sums.try_emplace(multiple, nullptr);
  if (isNew) {
    Value *result = atEntry.getInt64(0);
    for (auto [number, times] : multiple)
      result = atEntry.CreateAdd(
          result, atEntry.CreateMul(valueOf(number), atEntry.getInt64(times)));
    known->second = result;
  }
  return known->second;
}

/// What `value` is before the loop, where `count` is the counter's.
Value *LoopAddresses::valueAtEntry(Value *value, Value *count) {
  if (value == counter)
    return count;
  if (!varies(value))
    return value;
  if (Value *known = entryValues.lookup({value, count}))
    return known;
  auto operand = [&](unsigned index) {
    return valueAtEntry(cast<Instruction>(value)->getOperand(index), count);
  };
  Value *result;
  if (auto *gep = dyn_cast<GetElementPtrInst>(value)) {
    result =
        atEntry.CreateGEP(gep->getSourceElementType(), operand(0), operand(1));
  } else {
    // Bits that are apart in the loop need not be for another count.
    auto opcode = cast<BinaryOperator>(value)->getOpcode();
    result = atEntry.CreateBinOp(opcode == Instruction::Or ? Instruction::Add
                                                           : opcode,
                                 operand(0), operand(1));
  }
  return entryValues[{value, count}] = result;
}

Value *LoopAddresses::pointerOf(Stream &stream) {
  if (stream.pointer)
    return stream.pointer;
  const Sum &slope = stream.offset.slope;
  if (scaleOf(slope))
    return stream.pointer = valueAtEntry(stream.first, atEntry.getInt64(0));
  IRBuilder<> atHead(block, block->begin());
  PHINode *pointer = atHead.CreatePHI(stream.first->getType(), 2);
  pointer->addIncoming(
      valueAtEntry(stream.first, counter->getIncomingValueForBlock(before)),
      before);
  auto *next = cast<BinaryOperator>(counter->getIncomingValueForBlock(block));
  auto *step = cast<ConstantInt>(next->getOperand(1));
  IRBuilder<> atEnd(block->getTerminator());
  pointer->addIncoming(
      atEnd.CreatePtrAdd(pointer, valueOf(slope, step->getZExtValue())), block);
  return stream.pointer = pointer;
}

Value *LoopAddresses::rewritten(const Place &place, Instruction *user) {
  Stream &stream = streams[place.stream];
  Value *pointer = pointerOf(stream);
  IRBuilder<> builder(user);
  auto advance = [&](Value *index, uint64_t scale) {
    pointer = builder.CreateGEP(builder.getIntNTy(8 * scale), pointer, index);
  };
  if (uint64_t scale = scaleOf(stream.offset.slope))
    advance(counter, scale);
  if (place.times) {
    // Odd times are values of their own, the power of two is the address's.
    uint64_t scale = uint64_t(1) << countr_zero(uint64_t(place.times));
    advance(valueOf(stream.offset.slope, place.times / scale), scale);
  }
  if (place.constant)
    pointer = builder.CreateConstGEP1_64(builder.getInt8Ty(), pointer,
                                         place.constant);
  return pointer;
}

bool LoopAddresses::run() {
  SmallVector<std::pair<Use *, Place>> uses;
  for (Instruction &user : *block)
    if (!isa<GetElementPtrInst, PHINode>(user))
      for (Use &use : user.operands())
        if (isa<GetElementPtrInst>(use.get()) && varies(use.get()))
          if (std::optional<Place> found = place(use.get()))
            uses.push_back({&use, *found});
  SmallVector<WeakTrackingVH> old;
  for (auto [use, place] : uses) {
    old.push_back(use->get());
    use->set(rewritten(place, cast<Instruction>(use->getUser())));
  }
  RecursivelyDeleteTriviallyDeadInstructions(old);
  return !uses.empty();
}

PreservedAnalyses ReduceAddressesPass::run(Function &function,
                                           FunctionAnalysisManager &analyses) {
  auto &target = analyses.getResult<TargetIRAnalysis>(function);
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  bool changed = false;
  for (Loop *loop : loops.getLoopsInPreorder()) {
    BasicBlock *before = loop->getLoopPredecessor();
    if (loop->getNumBlocks() != 1 || !before)
      continue;
    if (PHINode *counter = counterOf(loop->getHeader()))
      changed |= LoopAddresses(counter, before, target).run();
  }
  if (!changed)
    return PreservedAnalyses::all();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}
