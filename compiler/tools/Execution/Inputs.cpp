//===- Inputs.cpp - The tensors a kernel is run on ------------------------===//

#include "compiler/tools/Execution/Inputs.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Execution/HostTensors.h"
#include "dialect/Attn/IR/TensorNames.h"
#include "dialect/Attn/Reference/Probes.h"

using namespace sextant;

std::vector<TensorSpec> sextant::inputSpecs(const sextant_kernel_info &info) {
  std::vector<TensorSpec> specs;
  for (int32_t i = 0; i < info.n_in; ++i) {
    const sextant_argument_info &argument = info.in[i];
    specs.push_back({argument.name,
                     argument.type,
                     {argument.extents, argument.extents + argument.rank}});
  }
  return specs;
}

std::vector<TensorSpec> sextant::inputSpecs(mlir::func::FuncOp function) {
  std::vector<TensorSpec> specs;
  const llvm::SmallVector<std::string> names = attn::tensorNames(function);
  for (auto [place, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(type);
    std::optional<attn::HostType> host =
        tensor ? attn::hostTypeOf(tensor.getElementType()) : std::nullopt;
    if (!host) {
      function.emitError() << "argument '" << names[place]
                           << "': expected a tensor of numbers, got " << type;
      std::exit(kExitRejected);
    }
    TensorSpec spec{names[place], dataType(*host), {}};
    for (int64_t extent : tensor.getShape())
      spec.extents.push_back(mlir::ShapedType::isDynamic(extent) ? -1 : extent);
    specs.push_back(std::move(spec));
  }
  return specs;
}

static std::string typeName(DLDataType type) {
  const char *family = type.code == kDLInt     ? "i"
                       : type.code == kDLUInt  ? "u"
                       : type.code == kDLFloat ? "f"
                       : type.code == kDLBool  ? "bool"
                                               : "bf";
  return family + std::to_string(type.bits);
}

static std::string shapeName(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text +=
        (text.empty() ? "" : "x") + (extent < 0 ? "?" : std::to_string(extent));
  return text.empty() ? "scalar" : text;
}

/// The kernel checks as well; here the file can be named.
static void checkFits(const TensorSpec &spec, llvm::StringRef source,
                      DLDataType type, llvm::ArrayRef<int64_t> shape) {
  if (type.code != spec.type.code || type.bits != spec.type.bits)
    fail(kExitRejected, source + ": '" + spec.name +
                            "' expected element type " + typeName(spec.type) +
                            ", got " + typeName(type));
  bool fits = shape.size() == spec.extents.size();
  for (size_t dim = 0; fits && dim < shape.size(); ++dim)
    fits = spec.extents[dim] < 0 || spec.extents[dim] == shape[dim];
  if (!fits)
    fail(kExitRejected, source + ": '" + spec.name + "' expected shape " +
                            shapeName(spec.extents) + ", got " +
                            shapeName(shape));
}

/// Rows of the longest float input: what lengths and positions count.
static int64_t largestRowCount(llvm::ArrayRef<TensorSpec> specs,
                               const ExecutionOptions &options) {
  int64_t rows = 1;
  for (auto [spec, shape] : llvm::zip_equal(specs, options.shapes))
    if (spec.type.code != kDLInt && shape.size() >= 2)
      rows = std::max(rows, shape[shape.size() - 2]);
  return rows;
}

static double integerValue(const ExecutionOptions &options, size_t tensor,
                           llvm::ArrayRef<int64_t> shape, int64_t index,
                           int64_t rows) {
  if (shape.empty())
    return rows;
  if (shape.size() == 1)
    return 1 + attn::randomBits(options.seed, tensor, index) % rows;
  return index % shape.back();
}

/// See makeInputs for what a tensor holds.
static void fillRandom(const ExecutionOptions &options, size_t tensor,
                       const TensorSpec &spec, int64_t rows,
                       runtime::NpyArray &array) {
  attn::HostTensor host = hostTensor(array);
  const int64_t elements = array.elements();
  for (int64_t i = 0; i < elements; ++i) {
    if (spec.type.code == kDLBool)
      host.write(i, attn::randomBits(options.seed, tensor, i) & 1);
    else if (spec.type.code == kDLInt || spec.type.code == kDLUInt)
      host.write(i, integerValue(options, tensor, array.shape, i, rows));
    else
      host.write(i, attn::randomNormal(options.seed, tensor, i));
  }
}

Arrays sextant::makeInputs(const ExecutionOptions &options,
                           llvm::ArrayRef<TensorSpec> specs) {
  const size_t given =
      options.isRandom ? options.shapes.size() : options.inputs.size();
  if (given != specs.size())
    fail(kExitUsage, "expected " + llvm::Twine(specs.size()) +
                         (options.isRandom ? " shapes" : " input files") +
                         ", one for each argument, got " + llvm::Twine(given));
  Arrays arrays(specs.size());
  const int64_t rows = options.isRandom ? largestRowCount(specs, options) : 0;
  for (auto [place, spec] : llvm::enumerate(specs)) {
    runtime::NpyArray &array = arrays[place];
    if (!options.isRandom) {
      const std::string &path = options.inputs[place];
      if (runtime::Failure failure = runtime::readNpy(path.c_str(), array))
        fail(kExitRejected, failure.message);
      // NumPy alone has no bfloat16: its bits are as good.
      if (spec.type.code == kDLBfloat && array.type.code == kDLUInt &&
          array.type.bits == spec.type.bits)
        array.type = spec.type;
      checkFits(spec, path, array.type, array.shape);
      continue;
    }
    checkFits(spec, "--random", spec.type, options.shapes[place]);
    const llvm::ArrayRef<int64_t> shape = options.shapes[place];
    if (runtime::Failure failure =
            runtime::makeArray(spec.type, {shape.begin(), shape.end()}, array))
      fail(kExitResource, failure.message);
    fillRandom(options, place, spec, rows, array);
  }
  return arrays;
}
