//===- ReduceAddressesTest.cpp - Addresses before and after the pass ------===//

#include "compiler/ToObject/ReduceAddresses.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/ToObject/CodeGen.h"
#include "compiler/ToObject/Jit.h"
#include "compiler/ToObject/LLVMModule.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace sextant;

namespace {

template <typename T> T orDie(Expected<T> value) {
  if (value)
    return std::move(*value);
  report_fatal_error(value.takeError());
}

std::unique_ptr<Module> parse(StringRef text, LLVMContext &context) {
  return orDie(parseLLVM(MemoryBufferRef(text, "test"), context));
}

/// Runs the pass, for the addresses of `target`.
void reduce(Module &module, const sextant::Target &target) {
  std::unique_ptr<TargetMachine> machine = orDie(createTargetMachine(target));
  PassBuilder builder(machine.get());
  LoopAnalysisManager loops;
  CGSCCAnalysisManager components;
  FunctionAnalysisManager functions;
  ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager passes;
  passes.addPass(createModuleToFunctionPassAdaptor(ReduceAddressesPass()));
  passes.run(module, modules);
  EXPECT_FALSE(verifyModule(module, &errs()));
}

/// A function that sums up what a loop loads, and what is beside the loads.
/// `addresses` computes pointers %p0, %p1, ... from the counter %i; `before`
/// comes before the loop.
std::string sumOf(StringRef before, StringRef addresses, unsigned count,
                  StringRef start, StringRef step) {
  std::string text;
  raw_string_ostream os(text);
  os << "define i64 @f(ptr %a, i64 %n, i64 %s, i64 %t) {\nentry:\n"
     << before << "  br label %loop\nloop:\n  %i = phi i64 [ " << start
     << ", %entry ], [ %next, %loop ]\n"
     << "  %sum = phi i64 [ 0, %entry ], [ %sum" << count << ", %loop ]\n"
     << "  %sum0 = mul i64 %sum, 3\n"
     << addresses;
  for (unsigned k = 0; k < count; ++k)
    os << "  %v" << k << " = load i64, ptr %p" << k << "\n  %sum" << k + 1
       << " = add i64 %sum" << k << ", %v" << k << "\n";
  os << "  %next = add i64 %i, " << step
     << "\n  %again = icmp slt i64 %next, %n\n"
     << "  br i1 %again, label %loop, label %exit\n"
     << "exit:\n  ret i64 %sum" << count << "\n}\n";
  return text;
}

/// Numbers around the address that the functions get.
class Memory {
public:
  Memory() : numbers(1 << 20) {
    std::mt19937_64 random(1);
    for (uint64_t &number : numbers)
      number = random();
  }
  uint64_t *middle() { return numbers.data() + numbers.size() / 2; }

private:
  std::vector<uint64_t> numbers;
};

uint64_t run(Module &module, int64_t n, int64_t s, int64_t t) {
  static Memory memory;
  std::unique_ptr<TargetMachine> machine =
      orDie(createTargetMachine(hostTarget()));
  const Bytes object = orDie(emitObject(module, *machine));
  std::unique_ptr<JitLibrary> library =
      orDie(JitLibrary::load(references(object)));
  auto *function =
      reinterpret_cast<uint64_t (*)(void *, int64_t, int64_t, int64_t)>(
          reinterpret_cast<void *>(orDie(library->function("f"))));
  return function(memory.middle(), n, s, t);
}

BasicBlock &loopOf(Module &module) {
  return *module.getFunction("f")->begin()->getSingleSuccessor();
}

unsigned countPointers(Module &module) {
  return count_if(loopOf(module).phis(),
                  [](PHINode &phi) { return phi.getType()->isPointerTy(); });
}

unsigned countOf(Module &module, unsigned opcode) {
  return count_if(loopOf(module), [&](Instruction &instruction) {
    return instruction.getOpcode() == opcode;
  });
}

const sextant::Target &aarch64() {
  for (const sextant::Target &target : allTargets())
    if (Triple(target.triple).isAArch64())
      return target;
  report_fatal_error("no target of AArch64");
}

const sextant::Target &x86() {
  for (const sextant::Target &target : allTargets())
    if (Triple(target.triple).isX86())
      return target;
  report_fatal_error("no target of x86");
}

// Four rows whose distance is known at run time, two columns of each: one
// pointer and the two odd multiples of the distance.
TEST(ReduceAddresses, UnrolledRowsShareAPointer) {
  std::string addresses;
  raw_string_ostream os(addresses);
  for (unsigned row = 0; row < 4; ++row)
    for (unsigned column = 0; column < 2; ++column) {
      unsigned k = 2 * row + column;
      os << formatv("  %r{0} = or disjoint i64 %i, {1}\n"
                    "  %x{0} = mul i64 %r{0}, %s\n"
                    "  %y{0} = add i64 %x{0}, {2}\n"
                    "  %p{0} = getelementptr i64, ptr %a, i64 %y{0}\n",
                    k, row, column);
    }
  const std::string text = sumOf("", addresses, 8, "0", "4");
  LLVMContext context;
  std::unique_ptr<Module> before = parse(text, context);
  std::unique_ptr<Module> after = parse(text, context);
  reduce(*after, x86());
  EXPECT_EQ(countPointers(*after), 1u);
  EXPECT_EQ(countOf(*after, Instruction::Mul), 1u) << "that of the sum";
  EXPECT_EQ(countOf(*after, Instruction::Or), 0u);
  EXPECT_EQ(run(*before, 20, 7, 0), run(*after, 20, 7, 0));

  // Without such addresses each row has its own, columns still none.
  std::unique_ptr<Module> rows = parse(text, context);
  reduce(*rows, aarch64());
  EXPECT_EQ(countPointers(*rows), 4u);
  EXPECT_EQ(run(*before, 20, 7, 0), run(*rows, 20, 7, 0));
}

// A factor of 8 is the address's, one of 24 is not.
TEST(ReduceAddresses, ScaledCounters) {
  const char *addresses = "  %p0 = getelementptr i64, ptr %row, i64 %i\n"
                          "  %x = mul i64 %i, 3\n"
                          "  %p1 = getelementptr i64, ptr %a, i64 %x\n";
  const char *before = "  %row = getelementptr i64, ptr %a, i64 %s\n";
  const std::string text = sumOf(before, addresses, 2, "2", "1");
  LLVMContext context;
  std::unique_ptr<Module> original = parse(text, context);
  std::unique_ptr<Module> reduced = parse(text, context);
  reduce(*reduced, x86());
  EXPECT_EQ(countPointers(*reduced), 1u);
  EXPECT_EQ(run(*original, 9, 5, 0), run(*reduced, 9, 5, 0));
}

// What is no sum of the kind stays as it is.
TEST(ReduceAddresses, OthersStay) {
  for (const char *addresses :
       {// A square, an index that was loaded, bits that overlap, a select, an
        // index that wraps before it is extended.
        "  %x = mul i64 %i, %i\n  %p0 = getelementptr i64, ptr %a, i64 %x\n",
        "  %l = load i64, ptr %a\n  %x = and i64 %l, 7\n"
        "  %y = add i64 %x, %i\n  %p0 = getelementptr i64, ptr %a, i64 %y\n",
        "  %x = or i64 %i, 3\n  %p0 = getelementptr i64, ptr %a, i64 %x\n",
        "  %c = icmp slt i64 %i, 4\n  %x = select i1 %c, i64 %i, i64 %s\n"
        "  %p0 = getelementptr i64, ptr %a, i64 %x\n",
        "  %m = trunc i64 %i to i32\n  %x = sub i32 %m, 3\n"
        "  %p0 = getelementptr i64, ptr %a, i32 %x\n"}) {
    const std::string text = sumOf("", addresses, 1, "0", "1");
    LLVMContext context;
    std::unique_ptr<Module> original = parse(text, context);
    std::unique_ptr<Module> reduced = parse(text, context);
    reduce(*reduced, x86());
    EXPECT_EQ(countPointers(*reduced), 0u) << addresses;
    EXPECT_EQ(run(*original, 9, 5, 0), run(*reduced, 9, 5, 0)) << addresses;
  }
}

/// Writes expressions at random, with at most two products by %s or %t.
class Expressions {
public:
  Expressions(std::mt19937 &random, StringRef prefix)
      : random(random), prefix(prefix) {}

  unsigned pick(unsigned n) { return random() % n; }
  /// Of what is there before the loop, or the counter.
  std::string atom(bool varies) {
    if (varies && pick(2))
      return "%i";
    const char *atoms[] = {"%s", "%t", "1", "3", "-2", "%u", "%w"};
    return atoms[pick(prefix == "%x" ? 7 : 5)];
  }
  /// Appends what computes it to `os` and returns its name.
  std::string make(raw_ostream &os, unsigned depth, bool varies) {
    if (!depth || !pick(4))
      return atom(varies);
    std::string a = make(os, depth - 1, varies), op, b;
    switch (pick(5)) {
    case 0:
    case 1:
      op = "add";
      b = make(os, depth - 1, varies);
      break;
    case 2:
      op = "sub";
      b = make(os, depth - 1, varies);
      break;
    case 3:
      op = "mul";
      b = pick(2) ? "%s" : pick(2) ? "%t" : "3";
      break;
    case 4:
      op = "shl";
      b = pick(2) ? "1" : "2";
      break;
    }
    // The counter is a multiple of 4.
    if (varies && !pick(6)) {
      op = "or disjoint";
      a = "%i";
      b = std::to_string(pick(4));
    }
    return define(os, op + " i64 " + a + ", " + b);
  }
  std::string define(raw_ostream &os, const std::string &what) {
    std::string name = prefix + std::to_string(defined++);
    os << "  " << name << " = " << what << "\n";
    return name;
  }

private:
  std::mt19937 &random;
  std::string prefix;
  unsigned defined = 0;
};

TEST(ReduceAddresses, RandomSumsReadTheSame) {
  std::mt19937 random(7);
  unsigned reducedSome = 0;
  for (unsigned trial = 0; trial < 60; ++trial) {
    std::string before, addresses;
    raw_string_ostream outside(before), inside(addresses);
    Expressions invariant(random, "%b"), varying(random, "%x");
    for (const char *name : {"%u", "%w"}) {
      std::string value = invariant.make(outside, 2, /*varies=*/false);
      outside << "  " << name << " = add i64 " << value << ", " << random() % 3
              << "\n";
    }
    unsigned count = 1 + random() % 6;
    // Half of them are one address for counts that follow each other.
    const bool unrolled = random() % 2;
    const std::string stride = varying.atom(/*varies=*/false);
    for (unsigned k = 0; k < count; ++k) {
      std::string index;
      if (unrolled) {
        std::string own =
            varying.define(inside, "add i64 %i, " + std::to_string(k));
        own = varying.define(inside, "mul i64 " + own + ", " + stride);
        index = varying.define(inside, "add i64 " + own + ", %u");
      } else {
        index = varying.make(inside, 3, /*varies=*/true);
      }
      std::string base = "%a";
      if (random() % 3 == 0) {
        std::string first = varying.make(inside, 1, /*varies=*/true);
        inside << "  %q" << k << " = getelementptr i64, ptr %a, i64 " << first
               << "\n";
        base = "%q" + std::to_string(k);
      }
      inside << "  %p" << k << " = getelementptr i64, ptr " << base << ", i64 "
             << index << "\n";
    }
    const char *starts[] = {"0", "8", "-4"};
    const std::string text =
        sumOf(before, addresses, count, starts[random() % 3], "4");
    LLVMContext context;
    std::unique_ptr<Module> original = parse(text, context);
    const uint64_t wanted = run(*original, 22, 5, -3);
    for (const sextant::Target *target : {&x86(), &aarch64()}) {
      std::unique_ptr<Module> reduced = parse(text, context);
      reduce(*reduced, *target);
      reducedSome += countPointers(*reduced) > 0;
      EXPECT_EQ(run(*reduced, 22, 5, -3), wanted) << text;
    }
  }
  EXPECT_GT(reducedSome, 30u);
}

} // namespace
