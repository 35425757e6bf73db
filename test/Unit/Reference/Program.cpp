//===- Program.cpp - Parses and runs a test's module ----------------------===//

#include "Program.h"

#include "dialect/Attn/IR/Attn.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace sextant::attn;
using namespace sextant::attn::test;

Program::Program(StringRef text) {
  context.loadDialect<AttnDialect, func::FuncDialect, arith::ArithDialect,
                      math::MathDialect>();
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    diagnostics += diagnostic.str() + "\n";
    for (Diagnostic &note : diagnostic.getNotes())
      diagnostics += note.str() + "\n";
    return success();
  });
  module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    llvm::errs() << diagnostics;
}

void *Program::allocate(const void *from, size_t bytes) {
  memory.emplace_back(bytes + 1);
  if (from && bytes)
    std::memcpy(memory.back().data(), from, bytes);
  return memory.back().data();
}

static HostTensor tensor(void *data, HostType type, ArrayRef<int64_t> shape) {
  HostTensor tensor;
  tensor.data = data;
  tensor.type = type;
  tensor.shape.assign(shape.begin(), shape.end());
  return tensor;
}

Program &Program::f32(ArrayRef<int64_t> shape, std::vector<float> values) {
  inputs.push_back(
      tensor(allocate(values.data(), 4 * values.size()), HostType::F32, shape));
  assert(inputs.back().numElements() == (int64_t)values.size());
  return *this;
}
Program &Program::i32(ArrayRef<int64_t> shape, std::vector<int32_t> values) {
  inputs.push_back(
      tensor(allocate(values.data(), 4 * values.size()), HostType::I32, shape));
  assert(inputs.back().numElements() == (int64_t)values.size());
  return *this;
}
Program &Program::i1(ArrayRef<int64_t> shape, std::vector<uint8_t> values) {
  inputs.push_back(
      tensor(allocate(values.data(), values.size()), HostType::I1, shape));
  return *this;
}
Program &Program::zeros(ArrayRef<int64_t> shape, HostType type) {
  HostTensor input = tensor(nullptr, type, shape);
  input.data = allocate(nullptr, bytesOf(type) * input.numElements());
  inputs.push_back(input);
  return *this;
}

Program &Program::fill(Probe probe, uint64_t seed, double scale) {
  fillInputs(function(), inputs, probe, seed, scale);
  return *this;
}

func::FuncOp Program::function() {
  return *module->getOps<func::FuncOp>().begin();
}

FailureOr<ReferenceResult> Program::run(const ReferenceOptions &options) {
  if (!module)
    return failure();
  FailureOr<ReferenceResult> result = runReference(function(), inputs, options);
  if (failed(result))
    llvm::errs() << diagnostics;
  return result;
}

std::vector<double> Program::values(unsigned index) {
  FailureOr<ReferenceResult> result = run();
  return succeeded(result) ? result->outputs[index].value
                           : std::vector<double>();
}

bool sextant::attn::test::isClose(double actual, double expected,
                                  double tolerance) {
  if (std::isnan(expected) || std::isinf(expected))
    return std::isnan(expected) ? std::isnan(actual) : actual == expected;
  return std::fabs(actual - expected) <=
         tolerance * std::max(1.0, std::fabs(expected));
}

int64_t sextant::attn::test::firstDifference(ArrayRef<double> actual,
                                             ArrayRef<double> expected,
                                             double tolerance) {
  if (actual.size() != expected.size())
    return std::min(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    if (!isClose(actual[i], expected[i], tolerance))
      return i;
  return -1;
}
