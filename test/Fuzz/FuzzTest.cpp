//===- FuzzTest.cpp - The fuzzer repeats itself, bites and reduces --------===//

#include "Generate.h"
#include "Isolate.h"
#include "Reduce.h"
#include "compiler/Pipeline/Dialects.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/MLIRContext.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using namespace sextant;
using namespace sextant::fuzz;

namespace {
/// A context in which programs can be made.
struct Maker {
  Maker() {
    registerDialects(registry);
    context.appendDialectRegistry(registry);
  }
  std::string programOf(Choices choices) {
    std::string error;
    std::optional<Case> what = generate(choices, context, error);
    made = choices.made();
    EXPECT_TRUE(what) << error;
    return what ? what->program : "";
  }
  DialectRegistry registry;
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Numbers made;
};
} // namespace

static CheckOptions onHost() {
  CheckOptions options;
  options.targets.targets = {&hostTarget()};
  return options;
}

TEST(Fuzz, ANewEntryHasASample) {
  Maker maker;
  EXPECT_EQ(entriesWithoutSample(maker.context), std::vector<std::string>())
      << "write a SEXTANT_ATTN_SAMPLE for these entries (AttnSample.h)";
}

TEST(Fuzz, CasesRepeat) {
  Maker maker;
  std::set<std::string> programs;
  for (uint64_t number = 0; number < 50; ++number) {
    const std::string program = maker.programOf(Choices(7, number));
    EXPECT_EQ(maker.programOf(Choices(7, number)), program);
    EXPECT_EQ(maker.programOf(Choices(maker.made)), program);
    programs.insert(program);
  }
  // Few programs, if any, come twice.
  EXPECT_GT(programs.size(), 45u);
}

TEST(Fuzz, AnyNumbersAreAProgram) {
  // What a reducer leaves out makes the rest mean something else.
  Maker maker;
  for (uint64_t number = 0; number < 50; ++number) {
    maker.programOf(Choices(8, number));
    Numbers numbers = maker.made;
    numbers.erase(numbers.begin() + numbers.size() / 3,
                  numbers.begin() + numbers.size() / 2);
    maker.programOf(Choices(numbers));
  }
}

TEST(Fuzz, ReducesToWhatFails) {
  // Fails if two neighbours are at least 5 and 3.
  auto fails = [](const Choices &choices) {
    Choices own = choices;
    Outcome outcome;
    for (int i = 0; i < 40; ++i)
      own.together([&] { own.below(100); });
    outcome.numbers = own.made();
    outcome.spans.assign(own.spans().begin(), own.spans().end());
    for (size_t i = 1; i < outcome.numbers.size(); ++i)
      if (outcome.numbers[i - 1] >= 5 && outcome.numbers[i] >= 3)
        outcome.kind = Outcome::Wrong;
    return outcome;
  };
  Outcome first = fails(Choices(1, 1));
  ASSERT_EQ(first.kind, Outcome::Wrong);
  Outcome small = reduce(first, 5000, fails);
  EXPECT_EQ(small.kind, Outcome::Wrong);
  Numbers nonzero;
  for (uint32_t number : small.numbers)
    if (number)
      nonzero.push_back(number);
  EXPECT_EQ(nonzero, Numbers({5, 3}));
}

/// One coefficient of 2^x, wrong by 1e-4, wherever a kernel has it.
static bool spoilExponential(ModuleOp module) {
  module.walk([](arith::ConstantOp constant) {
    auto value = dyn_cast<DenseFPElementsAttr>(constant.getValue());
    if (!value || !value.isSplat() || !value.getElementType().isF32())
      return;
    const double number = value.getSplatValue<APFloat>().convertToDouble();
    if (std::fabs(number - 0.693147) < 1e-5)
      constant.setValueAttr(
          DenseElementsAttr::get(cast<ShapedType>(constant.getType()),
                                 static_cast<float>(number + 1e-4)));
  });
  return true;
}

TEST(Fuzz, FindsAndReducesAMutant) {
  CheckOptions mutant = onHost();
  mutant.edit = spoilExponential;
  Outcome found;
  for (uint64_t number = 0; number < 40 && !found.isFailure(); ++number)
    found = checkIsolated(Choices(7, number), 60, mutant);
  ASSERT_EQ(found.kind, Outcome::Wrong) << found.message;
  EXPECT_EQ(found.stage, "kernel");
  Outcome small = reduce(found, 60, [&](const Choices &choices) {
    return checkIsolated(choices, 60, mutant);
  });
  EXPECT_EQ(small.kind, Outcome::Wrong);
  EXPECT_LT(small.numbers.size(), found.numbers.size());
  EXPECT_LT(small.numbers.size(), 60u);
  Outcome right = checkIsolated(Choices(small.numbers), 60, onHost());
  EXPECT_EQ(right.kind, Outcome::Passed) << right.message;
}

TEST(Fuzz, StagesOfRightProgramsAgree) {
  CheckOptions staged = onHost();
  staged.stages = true;
  for (uint64_t number = 0; number < 12; ++number) {
    Outcome outcome = checkIsolated(Choices(5, number), 60, staged);
    EXPECT_FALSE(outcome.isFailure())
        << number << ": " << outcome.stage << ": " << outcome.message;
  }
}

TEST(Fuzz, ACrashIsAFinding) {
  CheckOptions crashing = onHost();
  crashing.edit = [](ModuleOp) -> bool { std::abort(); };
  Outcome outcome = checkIsolated(Choices(1, 0), 60, crashing);
  EXPECT_EQ(outcome.kind, Outcome::Crashed);
  EXPECT_NE(outcome.message.find("signal 6"), std::string::npos);
  // What it takes to repeat it is known.
  EXPECT_FALSE(outcome.numbers.empty());
}

TEST(Fuzz, NoEndIsAFinding) {
  CheckOptions hanging = onHost();
  hanging.edit = [](ModuleOp) -> bool {
    for (volatile unsigned count = 0;;)
      count = count + 1;
  };
  Outcome outcome = checkIsolated(Choices(1, 0), 1, hanging);
  EXPECT_EQ(outcome.kind, Outcome::TimedOut);
}
