//===- EntriesTest.cpp - Every entry against test/Golden/entries.txt ------===//
//
// An entry has two definitions: `evaluate`, which the interpreter calls for a
// name, and `expand`, the region that attn-expand writes. Each case of the
// golden file, made by an outside script, is interpreted in both forms.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "dialect/Attn/IR/Attn.h"
#include "dialect/Attn/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace sextant::attn;
using namespace sextant::attn::test;

namespace {
struct Case {
  std::string kind, attribute;
  std::vector<int64_t> extents;
  std::vector<std::string> rest;
};
} // namespace

static std::vector<Case> readCases(StringRef kind) {
  std::vector<Case> cases;
  auto file = llvm::MemoryBuffer::getFile(SEXTANT_GOLDEN_FILE);
  if (!file)
    return cases;
  SmallVector<StringRef> lines;
  (*file)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    SmallVector<StringRef> fields, extents;
    line.split(fields, " ; ");
    if (fields[0] != kind)
      continue;
    Case one{fields[0].str(), fields[1].str(), {}, {}};
    fields[2].split(extents, ' ');
    for (StringRef extent : extents)
      one.extents.push_back(std::stoll(extent.str()));
    for (StringRef field : ArrayRef(fields).drop_front(3))
      one.rest.push_back(field.str());
    cases.push_back(one);
  }
  return cases;
}

static std::vector<double> readNumbers(StringRef text) {
  SmallVector<StringRef> words;
  text.split(words, ' ');
  std::vector<double> numbers;
  for (StringRef word : words)
    numbers.push_back(std::stod(word.str()));
  return numbers;
}

/// Captured tensors of a case: what the program says of them, and their
/// numbers.
namespace {
struct IntegerCapture {
  std::string type;
  std::vector<int64_t> shape;
  std::vector<int32_t> numbers;
};
struct Captures {
  std::string arguments; // ", %c0: tensor<4xf32>, ..."
  std::string operands;  // "captures(%c0, ... : tensor<4xf32>, ...) "
  std::vector<std::pair<std::vector<int64_t>, std::vector<float>>> tensors;

  void addTo(Program &program) const {
    for (const auto &[shape, numbers] : tensors)
      program.f32(shape, numbers);
  }
};
} // namespace

static Captures readCaptures(StringRef field) {
  Captures captures;
  if (field == "-")
    return captures;
  SmallVector<StringRef> tensors;
  field.split(tensors, " | ");
  std::string names, types;
  for (auto [place, text] : llvm::enumerate(tensors)) {
    auto [shape, numbers] = text.split(" = ");
    std::vector<int64_t> extents;
    SmallVector<StringRef> words;
    if (shape != "scalar")
      shape.split(words, 'x');
    for (StringRef word : words)
      extents.push_back(std::stoll(word.str()));
    std::vector<double> values = readNumbers(numbers);
    captures.tensors.push_back({extents, {values.begin(), values.end()}});
    std::string name = "%c" + std::to_string(place);
    std::string type =
        "tensor<" + (shape == "scalar" ? "" : shape.str() + "x") + "f32>";
    captures.arguments += ", " + name + ": " + type;
    names += (place ? ", " : "") + name;
    types += (place ? ", " : "") + type;
  }
  captures.operands = "captures(" + names + " : " + types + ") ";
  return captures;
}

/// The program's numbers, as written or with every name expanded.
static std::vector<double> run(Program &program, bool expanded) {
  if (expanded) {
    PassManager manager(&program.context);
    manager.addPass(createAttnExpand());
    if (failed(manager.run(*program.module)))
      return {};
  }
  return program.values();
}

TEST(Entries, Rotations) {
  std::vector<Case> cases = readCases("rotate");
  ASSERT_GE(cases.size(), 14u);
  for (const Case &one : cases) {
    int64_t channels = one.extents[0], position = one.extents[1];
    int64_t length = one.extents[2];
    std::string rows = "tensor<1x1x1x" + std::to_string(channels) + "xf32>";
    std::string text = "func.func @f(%x: " + rows +
                       ", %m: tensor<1x1xi32>, %n: tensor<i32>) -> " + rows +
                       " {\n %r = attn.rotate %x at %m (" + one.attribute +
                       ") " + (length ? "length(%n : tensor<i32>) " : "") +
                       ": " + rows + ", tensor<1x1xi32>\n return %r : " + rows +
                       "\n}";
    std::vector<float> x;
    for (int64_t c = 0; c < channels; ++c)
      x.push_back(float(c + 1));
    std::vector<double> expected = readNumbers(one.rest[0]);
    // A frequency is good to a few 2^-52, so the angle to that times position.
    double tolerance = 1e-12 + 4e-15 * std::abs(double(position));
    for (bool expanded : {false, true}) {
      Program program(text);
      program.f32({1, 1, 1, channels}, x)
          .i32({1, 1}, {int32_t(position)})
          .i32({}, {int32_t(length)});
      std::vector<double> actual = run(program, expanded);
      ASSERT_EQ(actual.size(), expected.size()) << text << program.diagnostics;
      for (auto [a, e] : llvm::zip(actual, expected))
        EXPECT_NEAR(a, e, tolerance * channels * std::max(1.0, std::abs(e)))
            << one.attribute << expanded;
    }
  }
}

TEST(Entries, RotationsByAxes) {
  std::vector<Case> cases = readCases("turn");
  ASSERT_GE(cases.size(), 4u);
  for (const Case &one : cases) {
    int64_t channels = one.extents[0];
    std::vector<double> places = readNumbers(one.rest[0]);
    std::string rows = "tensor<1x1x1x" + std::to_string(channels) + "xf32>";
    std::string positions =
        "tensor<1x1x" + std::to_string(places.size()) + "xi32>";
    std::string text = "func.func @f(%x: " + rows + ", %m: " + positions +
                       ") -> " + rows + " {\n %r = attn.rotate %x at %m (" +
                       one.attribute + ") : " + rows + ", " + positions +
                       "\n return %r : " + rows + "\n}";
    std::vector<float> x;
    for (int64_t c = 0; c < channels; ++c)
      x.push_back(float(c + 1));
    for (bool expanded : {false, true}) {
      Program program(text);
      program.f32({1, 1, 1, channels}, x)
          .i32({1, 1, int64_t(places.size())}, {places.begin(), places.end()});
      EXPECT_EQ(firstDifference(run(program, expanded),
                                readNumbers(one.rest[1]), 1e-11),
                -1)
          << one.attribute << " expanded " << expanded << program.diagnostics;
    }
  }
}

TEST(Entries, Encodings) {
  std::vector<Case> cases = readCases("encode");
  ASSERT_GE(cases.size(), 10u);
  for (const Case &one : cases) {
    int64_t heads = one.extents[0], rows = one.extents[1];
    int64_t channels = one.extents[2];
    std::vector<double> places = readNumbers(one.rest[0]);
    Captures captures = readCaptures(one.rest[1]);
    std::vector<double> expected = readNumbers(one.rest[2]);
    std::string input = "tensor<1x" + std::to_string(heads) + "x" +
                        std::to_string(rows) + "x" + std::to_string(channels) +
                        "xf32>";
    std::string output =
        "tensor<1x" + std::to_string(heads) + "x" + std::to_string(rows) + "x" +
        std::to_string(expected.size() / (heads * rows)) + "xf32>";
    std::string positions = "tensor<1x" + std::to_string(rows) + "xi32>";
    auto program = [&](bool at) {
      return "func.func @f(%x: " + input + ", %m: " + positions +
             captures.arguments + ") -> " + output +
             " {\n %y = attn.encode %x " + (at ? "at %m " : "") + "(" +
             one.attribute + ") " + captures.operands + ": " + input +
             (at ? ", " + positions : "") + "\n return %y : " + output + "\n}";
    };
    // An encoding that reads no position refuses them.
    std::string text = program(true);
    if (!Program(text).module)
      text = program(false);
    std::vector<float> x;
    for (int64_t i = 0; i < heads * rows * channels; ++i)
      x.push_back(float(i + 1) / 8);
    // The numbers of a region are those that f32 holds.
    for (bool expanded : {false, true}) {
      Program program(text);
      program.f32({1, heads, rows, channels}, x)
          .i32({1, rows}, {places.begin(), places.end()});
      captures.addTo(program);
      EXPECT_EQ(firstDifference(run(program, expanded), expected, 1e-6), -1)
          << one.attribute << " expanded " << expanded << program.diagnostics;
    }
  }
}

TEST(Entries, Biases) {
  std::vector<Case> cases = readCases("bias");
  ASSERT_GE(cases.size(), 20u);
  // Scores of zero rows are 0, so what is returned is the bias.
  for (const Case &one : cases) {
    Captures captures = readCaptures(one.rest[0]);
    std::string text =
        "func.func @f(%q: tensor<?x?x?x1xf32>, %k: tensor<?x?x?x1xf32>" +
        captures.arguments +
        ") -> tensor<?x?x?x?xf32> {\n"
        "%m, %n = attn.positions %q, %k align(bottom_right) : "
        "tensor<?x?x?x1xf32>, tensor<?x?x?x1xf32>\n"
        "%s = attn.scores %q, %k : tensor<?x?x?x1xf32>, tensor<?x?x?x1xf32>\n"
        "%t = attn.bias %s at (%m, %n) (" +
        one.attribute + ") " + captures.operands +
        ": tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>\n"
        "return %t : tensor<?x?x?x?xf32>\n}";
    int64_t heads = one.extents[0];
    std::vector<double> expected = readNumbers(one.rest[1]);
    for (bool expanded : {false, true}) {
      Program program(text);
      program.zeros({1, heads, one.extents[1], 1})
          .zeros({1, 1, one.extents[2], 1});
      captures.addTo(program);
      std::vector<double> actual = run(program, expanded);
      ASSERT_EQ(actual.size(), expected.size()) << text << program.diagnostics;
      EXPECT_EQ(firstDifference(actual, expected), -1)
          << one.attribute << " heads " << heads << " expanded " << expanded;
    }
  }
}

TEST(Entries, Distances) {
  std::vector<Case> cases = readCases("distance");
  ASSERT_GE(cases.size(), 7u);
  for (const Case &one : cases) {
    std::vector<double> queryPos = readNumbers(one.rest[0]);
    std::vector<double> keyPos = readNumbers(one.rest[1]);
    std::vector<double> q = readNumbers(one.rest[2]);
    std::vector<double> k = readNumbers(one.rest[3]);
    std::vector<double> expected = readNumbers(one.rest[4]);
    // A batch entry a pair, of one query and one key.
    int64_t pairs = one.extents[0];
    std::string text =
        "!rows = tensor<?x1x1x2xf32>\n!pos = tensor<?x1xi32>\n"
        "func.func @f(%q: !rows, %k: !rows, %m: !pos, %n: !pos) -> "
        "tensor<?x1x1x1xf32> {\n %s = attn.rotary_scores %q, %k at (%m, %n) (" +
        one.attribute +
        ") : !rows, !rows, !pos, !pos\n return %s : tensor<?x1x1x1xf32>\n}";
    std::vector<float> queries, keys;
    std::vector<int32_t> m(queryPos.begin(), queryPos.end());
    std::vector<int32_t> n(keyPos.begin(), keyPos.end());
    for (int64_t pair = 0; pair < pairs; ++pair) {
      queries.insert(queries.end(), q.begin(), q.end());
      keys.insert(keys.end(), k.begin(), k.end());
    }
    for (bool expanded : {false, true}) {
      Program program(text);
      program.f32({pairs, 1, 1, 2}, queries)
          .f32({pairs, 1, 1, 2}, keys)
          .i32({pairs, 1}, m)
          .i32({pairs, 1}, n);
      std::vector<double> actual = run(program, expanded);
      ASSERT_EQ(actual.size(), expected.size()) << text << program.diagnostics;
      for (auto [i, e] : llvm::enumerate(expected))
        EXPECT_NEAR(actual[i], e, 1e-12)
            << one.attribute << expanded << ": " << m[i] << ", " << n[i];
    }
  }
}

TEST(Entries, Weights) {
  std::vector<Case> cases = readCases("weights");
  ASSERT_GE(cases.size(), 20u);
  for (const Case &one : cases) {
    Captures captures = readCaptures(one.rest[0]);
    // The keyword of what there is of each row, "lse" or "remainder".
    auto [keyword, rest] = StringRef(one.rest[3]).split(' ');
    bool hasRowResult = keyword != "-";
    StringRef operands = captures.operands; // "captures(...) "
    std::string with =
        operands.empty() ? "" : "with " + operands.drop_front(8).str();
    std::string text =
        "func.func @f(%s: tensor<?x?x?x?xf32>" + captures.arguments + ") -> " +
        (hasRowResult ? "(tensor<?x?x?x?xf32>, tensor<?x?x?xf32>)"
                      : "tensor<?x?x?x?xf32>") +
        " {\n%p" + (hasRowResult ? ", %l" : "") + " = attn.normalize %s by (" +
        one.attribute + ") " + with +
        (hasRowResult ? keyword.str() + " " : "") +
        ": tensor<?x?x?x?xf32>\nreturn %p" +
        (hasRowResult ? ", %l : tensor<?x?x?x?xf32>, tensor<?x?x?xf32>"
                      : " : tensor<?x?x?x?xf32>") +
        "\n}";
    std::vector<float> scores;
    for (double number : readNumbers(one.rest[1]))
      scores.push_back(float(number));
    std::vector<double> expected = readNumbers(one.rest[2]);
    for (bool expanded : {false, true}) {
      Program program(text);
      program.f32({1, one.extents[0], one.extents[1], one.extents[2]}, scores);
      captures.addTo(program);
      std::vector<double> actual = run(program, expanded);
      ASSERT_EQ(actual.size(), expected.size()) << text << program.diagnostics;
      EXPECT_EQ(firstDifference(actual, expected), -1)
          << one.attribute << " expanded " << expanded;
      if (!hasRowResult)
        continue;
      std::vector<double> numbers = program.values(1);
      EXPECT_EQ(firstDifference(numbers, readNumbers(rest)), -1)
          << one.attribute << " expanded " << expanded;
    }
  }
}

TEST(Entries, Dropout) {
  std::vector<Case> cases = readCases("dropout");
  ASSERT_GE(cases.size(), 5u);
  for (const Case &one : cases) {
    std::vector<double> options = readNumbers(one.attribute);
    std::string text =
        "func.func @f(%s: tensor<?x?x?x?xf32>, %seed: tensor<i32>, "
        "%p: tensor<f32>) -> tensor<?x?x?x?xf32> {\n"
        "%w = attn.softmax %s : tensor<?x?x?x?xf32>\n"
        "%d = attn.dropout %w seed(%seed : tensor<i32>) "
        "probability(%p : tensor<f32>) : tensor<?x?x?x?xf32>\n"
        "return %d : tensor<?x?x?x?xf32>\n}";
    std::string expected = one.rest[0];
    expected.erase(std::remove(expected.begin(), expected.end(), ' '),
                   expected.end());
    for (bool expanded : {false, true}) {
      Program program(text);
      program.zeros(one.extents)
          .i32({}, {int32_t(options[0])})
          .f32({}, {float(options[1])});
      // Equal weights grow by the share of those that are kept.
      double kept = 1.0 / double(one.extents[3]) / (1 - options[1]);
      std::string actual;
      for (double weight : run(program, expanded)) {
        actual.push_back(weight > 0 ? '1' : '0');
        if (weight > 0) {
          EXPECT_NEAR(weight, kept, 1e-7);
        }
      }
      EXPECT_EQ(actual, expected)
          << one.attribute << " expanded " << expanded << program.diagnostics;
    }
  }
}

/// Captured tensors of integers: "2x5xi32 = 1 2 ... | 2x5xi1 = ...".
static std::vector<IntegerCapture> readIntegerCaptures(StringRef field) {
  std::vector<IntegerCapture> captures;
  SmallVector<StringRef> tensors;
  if (field != "-")
    field.split(tensors, " | ");
  for (StringRef text : tensors) {
    auto [type, numbers] = text.split(" = ");
    IntegerCapture capture{"tensor<" + type.str() + ">", {}, {}};
    SmallVector<StringRef> words;
    type.split(words, 'x');
    for (StringRef word : ArrayRef(words).drop_back())
      capture.shape.push_back(std::stoll(word.str()));
    for (double number : readNumbers(numbers))
      capture.numbers.push_back(int32_t(number));
    captures.push_back(capture);
  }
  return captures;
}

TEST(Entries, Masks) {
  std::vector<Case> cases = readCases("mask");
  ASSERT_GE(cases.size(), 160u);
  // Equal scores give every visible key the same positive weight.
  for (const Case &one : cases) {
    std::vector<IntegerCapture> captures = readIntegerCaptures(one.rest[0]);
    std::string arguments, names, types;
    for (auto [place, capture] : llvm::enumerate(captures)) {
      std::string name = "%c" + std::to_string(place);
      arguments += ", " + name + ": " + capture.type;
      names += (place ? ", " : "") + name;
      types += (place ? ", " : "") + capture.type;
    }
    std::string text =
        "func.func @f(%q: tensor<?x?x?x1xf32>, %k: tensor<?x?x?x1xf32>" +
        arguments +
        ") -> tensor<?x?x?x?xf32> {\n"
        "%m, %n = attn.positions %q, %k align(bottom_right) : "
        "tensor<?x?x?x1xf32>, tensor<?x?x?x1xf32>\n"
        "%s = attn.scores %q, %k : tensor<?x?x?x1xf32>, tensor<?x?x?x1xf32>\n"
        "%p = attn.softmax %s at (%m, %n) visible(" +
        one.attribute + ")" +
        (captures.empty() ? "" : " captures(" + names + " : " + types + ")") +
        " : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>\n"
        "return %p : tensor<?x?x?x?xf32>\n}";
    std::string expected = one.rest[1];
    expected.erase(std::remove(expected.begin(), expected.end(), ' '),
                   expected.end());
    for (bool expanded : {false, true}) {
      Program program(text);
      program.zeros({one.extents[0], one.extents[1], one.extents[2], 1})
          .zeros({one.extents[0], 1, one.extents[3], 1});
      for (const IntegerCapture &capture : captures) {
        if (StringRef(capture.type).ends_with("xi1>"))
          program.i1(capture.shape,
                     {capture.numbers.begin(), capture.numbers.end()});
        else
          program.i32(capture.shape, capture.numbers);
      }
      std::string actual;
      for (double weight : run(program, expanded))
        actual.push_back(weight > 0 ? '1' : '0');
      EXPECT_EQ(actual, expected)
          << one.attribute << " expanded " << expanded << program.diagnostics;
    }
  }
}

TEST(Entries, NestingIsBounded) {
  auto diagnose = [](int depth) {
    std::string text = "func.func private @f() attributes {m = ";
    for (int i = 0; i < depth; ++i)
      text += "#attn.not<";
    text += "#attn.causal" + std::string(depth, '>') + "}";
    return Program(text).diagnostics;
  };
  EXPECT_EQ(diagnose(255), "");
  EXPECT_NE(diagnose(100000).find("nesting of attn attributes exceeds 256"),
            std::string::npos);
}
