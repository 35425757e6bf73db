//===- MathLibrary.cpp - VectorMath as functions to call ------------------===//

#include "MathLibrary.h"

#include "compiler/TiledToVector/Elements.h"
#include "compiler/TiledToVector/VectorMath.h"
#include "compiler/ToObject/CodeGen.h"
#include "compiler/ToObject/LLVMModule.h"
#include "compiler/ToObject/Passes.h"
#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include <cmath>

using namespace mlir;
using namespace sextant;
using namespace sextant::test;

namespace {
using Arguments = ArrayRef<Value>;
struct Function {
  const char *name;
  /// f: f32, d: f64, i: i32, h: f16, b: bf16, which are widened where they are
  /// loaded and rounded where they are stored; the result comes last.
  const char *signature;
  Value (*emit)(VectorMath &, Arguments);
};

const Function kFunctions[] = {
    {"exp2_clamped", "ff",
     [](VectorMath &m, Arguments a) { return m.exp2Clamped(a[0]); }},
    {"exp2", "ff", [](VectorMath &m, Arguments a) { return m.exp2(a[0]); }},
    {"exp", "ff", [](VectorMath &m, Arguments a) { return m.exp(a[0]); }},
    {"log2", "ff", [](VectorMath &m, Arguments a) { return m.log2(a[0]); }},
    {"log", "ff", [](VectorMath &m, Arguments a) { return m.log(a[0]); }},
    {"log1p", "ff", [](VectorMath &m, Arguments a) { return m.log1p(a[0]); }},
    {"exp_bounded", "ff",
     [](VectorMath &m, Arguments a) { return m.expBounded(a[0]); }},
    {"tanh", "ff", [](VectorMath &m, Arguments a) { return m.tanh(a[0]); }},
    {"erf", "ff", [](VectorMath &m, Arguments a) { return m.erf(a[0]); }},
    {"sin", "ff", [](VectorMath &m, Arguments a) { return m.sin(a[0]); }},
    {"cos", "ff", [](VectorMath &m, Arguments a) { return m.cos(a[0]); }},
    {"floor", "ff", [](VectorMath &m, Arguments a) { return m.floor(a[0]); }},
    {"ceil", "ff", [](VectorMath &m, Arguments a) { return m.ceil(a[0]); }},
    {"round_even", "ff",
     [](VectorMath &m, Arguments a) { return m.roundEven(a[0]); }},
    {"floor_f64", "dd",
     [](VectorMath &m, Arguments a) { return m.floor(a[0]); }},
    {"pow", "fff",
     [](VectorMath &m, Arguments a) { return m.pow(a[0], a[1]); }},
    {"exp2_f64", "dd",
     [](VectorMath &m, Arguments a) { return m.exp2F64(a[0]); }},
    {"log2_f64", "dd",
     [](VectorMath &m, Arguments a) { return m.log2F64(a[0]); }},
    {"pow_f64", "ddd",
     [](VectorMath &m, Arguments a) { return m.powF64(a[0], a[1]); }},
    {"phase_cos", "idf",
     [](VectorMath &m, Arguments a) { return m.cosSin(a[0], a[1]).first; }},
    {"phase_sin", "idf",
     [](VectorMath &m, Arguments a) { return m.cosSin(a[0], a[1]).second; }},
    {"phase_cos_3", "idf",
     [](VectorMath &m, Arguments a) { return m.cosSin(a[0], a[1], 3).first; }},
    {"phase_sin_3", "idf",
     [](VectorMath &m, Arguments a) { return m.cosSin(a[0], a[1], 3).second; }},
    {"f32_phase_cos", "idf",
     [](VectorMath &m, Arguments a) {
       return m.cosSin(a[0], a[1], 1, /*f32Angles=*/true).first;
     }},
    {"f32_phase_sin", "idf",
     [](VectorMath &m, Arguments a) {
       return m.cosSin(a[0], a[1], 1, /*f32Angles=*/true).second;
     }},
    {"f32_phase_cos_3", "idf",
     [](VectorMath &m, Arguments a) {
       return m.cosSin(a[0], a[1], 3, /*f32Angles=*/true).first;
     }},
    {"f32_phase_sin_3", "idf",
     [](VectorMath &m, Arguments a) {
       return m.cosSin(a[0], a[1], 3, /*f32Angles=*/true).second;
     }},
    {"from_f16", "hf", [](VectorMath &, Arguments a) { return a[0]; }},
    {"to_f16", "fh", [](VectorMath &, Arguments a) { return a[0]; }},
    {"from_bf16", "bf", [](VectorMath &, Arguments a) { return a[0]; }},
    {"to_bf16", "fb", [](VectorMath &, Arguments a) { return a[0]; }},
};
} // namespace

/// A loop over arrays: out[i] = f(in0[i], ...), `lanes` elements at a time.
static void build(ModuleOp module, const Function &function,
                  const Target &target, int64_t lanes) {
  OpBuilder builder(module.getBodyRegion());
  builder.setInsertionPointToEnd(module.getBody());
  Location loc = builder.getUnknownLoc();
  SmallVector<Type> types;
  for (char letter : StringRef(function.signature))
    types.push_back(MemRefType::get(
        {ShapedType::kDynamic}, letter == 'f'   ? Type(builder.getF32Type())
                                : letter == 'd' ? Type(builder.getF64Type())
                                : letter == 'h' ? Type(builder.getF16Type())
                                : letter == 'b' ? Type(builder.getBF16Type())
                                                : builder.getI32Type()));
  auto func = func::FuncOp::create(builder, loc, function.name,
                                   builder.getFunctionType(types, {}));
  func->setAttr("attn.isa", builder.getStringAttr(target.isa));
  Block *body = func.addEntryBlock();
  builder.setInsertionPointToStart(body);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value count = memref::DimOp::create(builder, loc, body->getArgument(0), 0);
  auto loop = scf::ForOp::create(builder, loc, index(0), count, index(lanes));
  func::ReturnOp::create(builder, loc);
  builder.setInsertionPointToStart(loop.getBody());
  Value at = loop.getInductionVar();
  Elements elements(target.hasHalf);
  SmallVector<Value> arguments;
  for (Value array : body->getArguments().drop_back()) {
    Type element = llvm::cast<MemRefType>(array.getType()).getElementType();
    Value loaded;
    if (lanes == 1)
      loaded = memref::LoadOp::create(builder, loc, array, at);
    else
      loaded = vector::LoadOp::create(
          builder, loc, VectorType::get({lanes}, element), array, at);
    arguments.push_back(elements.widen(builder, loc, loaded));
  }
  VectorMath math(builder, loc, target);
  Value result = function.emit(math, arguments);
  Value out = body->getArguments().back();
  result =
      elements.narrow(builder, loc, result,
                      llvm::cast<MemRefType>(out.getType()).getElementType());
  if (lanes == 1)
    memref::StoreOp::create(builder, loc, result, out, at);
  else
    vector::StoreOp::create(builder, loc, result, out, at);
}

template <typename T> static T orDie(llvm::Expected<T> value) {
  if (!value)
    llvm::report_fatal_error(value.takeError());
  return std::move(*value);
}

MathLibrary::MathLibrary(const Target &target, int64_t lanes)
    : name((target.name + " x " + llvm::Twine(lanes)).str()),
      fma(target.hasFma), exp2ClampedUlp(lanes != target.lanes       ? 2.0
                                         : target.hasScale           ? 2.5
                                         : target.pickOfFour.empty() ? 2.0
                                                                     : 8.0) {
  DialectRegistry registry;
  registry.insert<attn::AttnDialect, arith::ArithDialect, func::FuncDialect,
                  LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                  scf::SCFDialect, vector::VectorDialect>();
  registerLLVMTranslations(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  for (const Function &function : kFunctions)
    build(*module, function, target, lanes);

  PassManager manager(&context);
  buildFunctionsToLLVM(manager);
  manager.addPass(createTargetAttributesPass());
  if (failed(manager.run(*module)))
    llvm::report_fatal_error("the functions do not lower");
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> translated =
      translateModuleToLLVMIR(*module, llvmContext, "math");
  if (!translated)
    llvm::report_fatal_error("the functions do not translate");
  std::unique_ptr<llvm::TargetMachine> machine =
      orDie(createTargetMachine(target));
  if (llvm::Error error = optimizeModule(*translated, *machine))
    llvm::report_fatal_error(std::move(error));
  const Bytes object = orDie(emitObject(*translated, *machine));
  library = orDie(JitLibrary::load(orDie(completeObjects(object, target))));
}

void *MathLibrary::address(llvm::StringRef function) const {
  return reinterpret_cast<void *>(orDie(library->function(function)));
}

// A one-dimensional memref in the C calling convention: twice the pointer,
// offset, size, stride.
template <typename A, typename R>
static std::vector<R> call(void *address, const std::vector<A> &x) {
  std::vector<R> out(x.size());
  int64_t n = x.size();
  reinterpret_cast<void (*)(const A *, const A *, int64_t, int64_t, int64_t,
                            R *, R *, int64_t, int64_t, int64_t)>(address)(
      x.data(), x.data(), 0, n, 1, out.data(), out.data(), 0, n, 1);
  return out;
}
template <typename A, typename B, typename R>
static std::vector<R> call(void *address, const std::vector<A> &x,
                           const std::vector<B> &y) {
  std::vector<R> out(x.size());
  int64_t n = x.size();
  reinterpret_cast<void (*)(const A *, const A *, int64_t, int64_t, int64_t,
                            const B *, const B *, int64_t, int64_t, int64_t,
                            R *, R *, int64_t, int64_t, int64_t)>(address)(
      x.data(), x.data(), 0, n, 1, y.data(), y.data(), 0, n, 1, out.data(),
      out.data(), 0, n, 1);
  return out;
}

std::vector<float> MathLibrary::apply(llvm::StringRef function,
                                      const std::vector<float> &x) const {
  return call<float, float>(address(function), x);
}
std::vector<double> MathLibrary::apply(llvm::StringRef function,
                                       const std::vector<double> &x) const {
  return call<double, double>(address(function), x);
}
std::vector<float> MathLibrary::apply(llvm::StringRef function,
                                      const std::vector<float> &x,
                                      const std::vector<float> &y) const {
  return call<float, float, float>(address(function), x, y);
}
std::vector<double> MathLibrary::apply(llvm::StringRef function,
                                       const std::vector<double> &x,
                                       const std::vector<double> &y) const {
  return call<double, double, double>(address(function), x, y);
}
std::vector<float> MathLibrary::widen(llvm::StringRef function,
                                      const std::vector<uint16_t> &x) const {
  return call<uint16_t, float>(address(function), x);
}
std::vector<uint16_t> MathLibrary::narrow(llvm::StringRef function,
                                          const std::vector<float> &x) const {
  return call<float, uint16_t>(address(function), x);
}
std::vector<float>
MathLibrary::apply(llvm::StringRef function,
                   const std::vector<int32_t> &position,
                   const std::vector<double> &frequency) const {
  return call<int32_t, double, float>(address(function), position, frequency);
}

const std::deque<MathLibrary> &sextant::test::mathLibraries() {
  static const std::deque<MathLibrary> libraries = [] {
    std::deque<MathLibrary> made;
    for (const Target &target : allTargets()) {
      if (!runsHere(target))
        continue;
      made.emplace_back(target, target.lanes);
      made.emplace_back(target, 1);
    }
    return made;
  }();
  return libraries;
}

double sextant::test::ulpError(float actual, double expected) {
  if (std::isnan(actual) || std::isnan(expected))
    return std::isnan(actual) && std::isnan(expected) ? 0 : INFINITY;
  // Infinity stands where the next f32 after the largest would.
  double a = std::isinf(actual) ? std::copysign(0x1p128, actual) : actual;
  double e = std::min(std::max(expected, -0x1p128), 0x1p128);
  int exponent = e == 0 ? -126 : std::min(std::max(std::ilogb(e), -126), 127);
  return std::fabs(a - e) / std::ldexp(1.0, exponent - 23);
}
