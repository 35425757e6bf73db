//===- MutationTest.cpp - No text brings the compiler down ----------------===//
//
// The examples' sources, and the forms made from them, with bytes flipped,
// lines dropped, doubled and swapped, words exchanged and numbers made extreme:
// each is compiled or refused with a diagnostic. A crash, an assertion or a
// report of a sanitizer ends the process; the text at hand then lies in the
// file that is named at the start.
//
// The texts are the same in every run. SEXTANT_MUTANTS=N tries N of each
// source, for a long run; SEXTANT_MUTANTS_SEED draws others.
//
//===----------------------------------------------------------------------===//

#include "compiler/Pipeline/Compiler.h"
#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/Driver/InputGuard.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <map>
#include <random>

using namespace mlir;
using namespace sextant;

static int64_t fromEnvironment(const char *name, int64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atoll(text) : otherwise;
}

//===----------------------------------------------------------------------===//
// Mutants
//===----------------------------------------------------------------------===//

namespace {
class Mutator {
public:
  explicit Mutator(uint64_t seed) : random(seed) {}

  /// One to three changes, mostly one: near to a program is where the compiler
  /// gets furthest.
  std::string mutate(llvm::StringRef text) {
    std::string result = text.str();
    const size_t count = 1 + below(2) * below(3);
    for (size_t i = 0; i < count; ++i)
      changeOnce(result);
    return result;
  }

private:
  /// Distributions of the standard library differ between libraries.
  size_t below(size_t limit) { return limit ? random() % limit : 0; }

  /// Of names, numbers and keywords.
  static bool isWord(char c) {
    return llvm::isAlnum(c) || c == '_' || c == '%' || c == '.';
  }

  /// A word around a drawn byte: start and length.
  std::pair<size_t, size_t> drawWord(llvm::StringRef text) {
    size_t start = below(text.size());
    while (start < text.size() && !isWord(text[start]))
      ++start;
    while (start > 0 && isWord(text[start - 1]))
      --start;
    size_t end = start;
    while (end < text.size() && isWord(text[end]))
      ++end;
    return {start, end - start};
  }

  void changeLines(std::string &text, unsigned how) {
    llvm::SmallVector<llvm::StringRef> lines;
    llvm::StringRef(text).split(lines, '\n');
    const size_t at = below(lines.size()), other = below(lines.size());
    if (how == 0)
      lines.erase(lines.begin() + at);
    else if (how == 1)
      lines.insert(lines.begin() + other, lines[at]);
    else
      std::swap(lines[at], lines[other]);
    text = llvm::join(lines, "\n");
  }

  void changeOnce(std::string &text) {
    static constexpr llvm::StringLiteral numbers[] = {"0",
                                                      "-1",
                                                      "1",
                                                      "3",
                                                      "7",
                                                      "2147483648",
                                                      "9223372036854775807",
                                                      "-9223372036854775808",
                                                      "99999999999999999999",
                                                      "1.0e38",
                                                      "1.0e-45",
                                                      "0x7FC00000",
                                                      "true",
                                                      "?"};
    if (text.empty())
      return;
    const unsigned how = below(9);
    const size_t at = below(text.size());
    switch (how) {
    case 0:
      text[at] ^= 1 << below(8);
      return;
    case 1:
      text[at] = static_cast<char>(' ' + below(95));
      return;
    case 2:
      text.erase(at, 1 + below(12));
      return;
    case 3:
    case 4:
    case 5:
      return changeLines(text, how - 3);
    case 6: {
      auto [start, length] = drawWord(text);
      text.replace(start, length, numbers[below(std::size(numbers))].str());
      return;
    }
    case 7: {
      auto [from, count] = drawWord(text);
      const std::string word = text.substr(from, count);
      auto [start, length] = drawWord(text);
      text.replace(start, length, word);
      return;
    }
    default:
      text.resize(at);
    }
  }

  std::mt19937_64 random;
};

//===----------------------------------------------------------------------===//
// The compiler
//===----------------------------------------------------------------------===//

struct Outcome {
  bool accepted = false, isDefect = false;
  unsigned errors = 0;
};

class Mutation : public ::testing::Test {
protected:
  Mutation() {
    registerDialects(registry);
    std::string message;
    EXPECT_TRUE(parseTargetSet("generic", targets, message)) << message;
    current = ::testing::TempDir() + "sextant-mutant.mlir";
    llvm::outs() << "the text at hand: " << current << "\n";
  }

  /// What the tools do with `text`.
  Outcome digest(llvm::StringRef text, Phase from, Phase to,
                 CompileRequest request = {}) {
    Outcome outcome;
    llvm::MemoryBufferRef buffer(text, "mutant.mlir");
    if (llvm::Error error = checkInput(buffer, InputLimits())) {
      outcome.errors += !llvm::toString(std::move(error)).empty();
      return outcome;
    }
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        outcome.errors += !diagnostic.str().empty();
      return success();
    });
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(
        llvm::MemoryBuffer::getMemBufferCopy(text, "mutant.mlir"),
        llvm::SMLoc());
    OwningOpRef<ModuleOp> module = parseInput(sources, &context);
    if (!module)
      return outcome;
    request.from = from;
    request.to = to;
    request.targets = targets;
    const CompileResult result = compile(*module, request);
    outcome.accepted = result.status == CompileStatus::Done;
    outcome.isDefect = result.status == CompileStatus::Defect;
    return outcome;
  }

  /// Each mutant is taken or refused with a reason. Every tenth that is taken
  /// goes on to an object.
  void tryMutants(llvm::StringRef text, Phase from, int64_t count) {
    Mutator mutator(fromEnvironment("SEXTANT_MUTANTS_SEED", 1));
    for (int64_t i = 0; i < count; ++i) {
      const std::string mutant = mutator.mutate(text);
      {
        std::error_code error;
        llvm::raw_fd_ostream(current, error) << mutant;
      }
      Outcome outcome = digest(mutant, from, Phase::Vector);
      ++tried;
      taken += outcome.accepted;
      if (outcome.accepted && taken % 10 == 0)
        outcome = digest(mutant, from, Phase::Obj);
      EXPECT_FALSE(outcome.isDefect) << mutant;
      EXPECT_TRUE(outcome.accepted || outcome.errors > 0) << mutant;
    }
  }

  /// The forms of a program, by phase.
  std::map<Phase, std::string> formsOf(llvm::StringRef text) {
    std::map<Phase, std::string> forms;
    CompileRequest request;
    request.onPhase = [&](Phase phase, llvm::StringRef form) {
      forms[phase] = form.str();
    };
    EXPECT_TRUE(digest(text, Phase::Attn, Phase::Vector, request).accepted);
    return forms;
  }

  DialectRegistry registry;
  TargetSet targets;
  std::string current;
  int64_t tried = 0, taken = 0;
};
} // namespace

static std::vector<std::string> exampleSources() {
  std::vector<std::string> sources;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator
           entry(SEXTANT_SOURCE_DIR "/examples", error),
       end;
       entry != end && !error; entry.increment(error))
    if (llvm::sys::path::extension(entry->path()) == ".mlir")
      if (auto file = llvm::MemoryBuffer::getFile(entry->path()))
        sources.push_back((*file)->getBuffer().str());
  // The order of a folder is nobody's promise.
  llvm::sort(sources);
  return sources;
}

TEST_F(Mutation, OfPrograms) {
  const std::vector<std::string> sources = exampleSources();
  ASSERT_GE(sources.size(), 8u);
  for (const std::string &text : sources)
    tryMutants(text, Phase::Attn, fromEnvironment("SEXTANT_MUTANTS", 60));
  // Neither all nor none: the mutants are near to programs.
  EXPECT_GT(taken, tried / 100);
  EXPECT_LT(taken, tried * 9 / 10);
}

TEST_F(Mutation, OfForms) {
  for (const std::string &text : exampleSources())
    for (auto &[phase, form] : formsOf(text))
      tryMutants(form, phase, fromEnvironment("SEXTANT_MUTANTS", 60) / 4);
  EXPECT_GT(taken, tried / 100);
  EXPECT_LT(taken, tried * 9 / 10);
}
