//===- Kernel.cpp - A program, compiled and checked -----------------------===//

#include "Kernel.h"

#include "compiler/Pipeline/Dialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace sextant;
using namespace sextant::test;
using sextant::attn::HostTensor;
using sextant::attn::HostType;

TargetSet sextant::test::hostTargets() {
  TargetSet set;
  for (const Target &target : allTargets())
    if (runsHere(target))
      set.targets.push_back(&target);
  return set;
}

std::vector<int32_t> sextant::test::allIsas() {
  std::vector<int32_t> isas;
  for (const Target *target : hostTargets().targets)
    isas.push_back(target->runtimeIsa);
  return isas;
}

std::function<bool(ModuleOp)>
sextant::test::scheduled(const Tiles &sizes, attn::Products products) {
  return [=](ModuleOp module) {
    bool found = false;
    module.walk([&](attn::ForTilesOp tiles) {
      tiles.setScheduleAttr(attn::ScheduleAttr::get(
          module.getContext(), sizes.queryVectors, sizes.keyRows,
          sizes.valueRows, sizes.keyBlock, sizes.keyLeaf, sizes.decodeQueries,
          products));
      found = true;
    });
    return found;
  };
}

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

Kernel::Kernel(const std::string &text, const Edit &edit,
               const TargetSet &targets, Phase edited)
    : context(makeRegistry()) {
  bounds.exactProducts = llvm::none_of(
      targets.targets, [](const Target *one) { return one->hasBf16Dot; });
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      messages += diagnostic.str() + "\n";
    return success();
  });
  module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return;
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module.get()->clone()));
  CompileRequest request;
  request.targets = targets;
  CompileResult result;
  if (edit) {
    request.to = edited;
    result = compile(*copy, request);
    compiled = result.status;
    if (compiled != CompileStatus::Done)
      return;
    if (!edit(*copy)) {
      messages += "the edit found nothing to change\n";
      return;
    }
    request.from = edited;
  }
  request.to = Phase::Obj;
  request.apart = true;
  result = compile(*copy, request);
  compiled = result.status;
  if (compiled != CompileStatus::Done)
    return;
  auto keep = [&](auto expected, auto &into) {
    if (expected)
      into = std::move(*expected);
    else
      messages += llvm::toString(expected.takeError()) + "\n";
  };
  keep(JitLibrary::load(references(result.objects)), library);
  if (!library)
    return;
  const StringRef name = function().getName();
  keep(library->workspace(name), workspace);
  keep(library->shapes(name), shapes);
  keep(library->function(name), call_);
}

Kernel::~Kernel() = default;

func::FuncOp Kernel::function() {
  return *module->getOps<func::FuncOp>().begin();
}

Buffers Kernel::inputs(Dims dims, attn::Probe probe, uint64_t seed,
                       double scale, ArrayRef<Layout> layouts) {
  Buffers buffers;
  auto roles = attn::argumentRoles(function());
  for (auto [i, type] : llvm::enumerate(function().getArgumentTypes())) {
    auto tensor = cast<RankedTensorType>(type);
    HostType host = *attn::hostTypeOf(tensor.getElementType());
    SmallVector<int64_t> shape(tensor.getShape());
    auto name = function().getArgAttrOfType<StringAttr>(i, "attn.name");
    const bool ofQueries = name && name.getValue().starts_with("query");
    if (shape.size() == 4) {
      // Rows that meet no score are the queries' if their name says so.
      const bool isQuery = roles[i].query || ofQueries;
      shape[0] = dims.B;
      shape[1] = isQuery ? dims.H : dims.G;
      shape[2] = isQuery ? dims.M : dims.N;
    } else if (shape.size() == 1 && shape[0] < 0) {
      // Integers are by batch entry, numbers by head.
      shape[0] = host == HostType::I32 ? dims.B : dims.H;
    } else if ((shape.size() == 2 || shape.size() == 3) && shape.front() < 0 &&
               shape.back() < 0) {
      // One for each token, of each head where there are three extents: of the
      // queries if the name says so.
      shape.front() = dims.B;
      shape.back() = ofQueries ? dims.M : dims.N;
      if (shape.size() == 3)
        shape[1] = dims.H;
    }
    // A table is by head, of the keys if the name says so; a tensor of rank 3
    // is by batch entry first if a second extent is the call's.
    const bool ofKeys = name && name.getValue().starts_with("key");
    for (auto [axis, extent] : llvm::enumerate(shape))
      if (extent < 0)
        extent = shape.size() == 3 && axis == 0 && tensor.isDynamicDim(1)
                     ? dims.B
                 : ofKeys ? dims.G
                          : dims.H;
    buffers.emplace_back(host, shape,
                         i < layouts.size() ? layouts[i] : Layout::Dense);
    if (!attn::isFloat(host))
      buffers.back().integers(
          std::vector<int64_t>(buffers.back().numElements(), 0));
  }
  fill(buffers, probe, seed, scale);
  return buffers;
}

static SmallVector<HostTensor> hostTensors(const Buffers &buffers) {
  SmallVector<HostTensor> tensors;
  for (const Buffer &buffer : buffers)
    tensors.push_back(buffer.host());
  return tensors;
}

void Kernel::fill(Buffers &inputs, attn::Probe probe, uint64_t seed,
                  double scale) {
  auto tensors = hostTensors(inputs);
  attn::fillInputs(function(), tensors, probe, seed, scale);
}

namespace {
struct PoolCloser {
  void operator()(sextant_pool *pool) const { sextant_pool_destroy(pool); }
};
} // namespace

std::optional<Buffers> Kernel::run(Buffers &inputs, const Call &call,
                                   std::string &error) {
  auto extents = attn::inferResultShapes(function(), hostTensors(inputs));
  if (failed(extents)) {
    error = "no result shapes: " + messages;
    return std::nullopt;
  }
  Buffers outputs;
  for (auto [i, shape] : llvm::enumerate(*extents)) {
    auto type = cast<RankedTensorType>(function().getResultTypes()[i]);
    outputs.emplace_back(*attn::hostTypeOf(type.getElementType()), shape,
                         call.outputs);
  }
  std::vector<const DLTensor *> in;
  std::vector<DLTensor *> out;
  for (Buffer &buffer : inputs)
    in.push_back(buffer.dlpack());
  for (Buffer &buffer : outputs)
    out.push_back(buffer.dlpack());

  char message[512] = "";
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  launch.isa = call.isa;
  launch.message = message;
  launch.message_bytes = sizeof message;
  std::unique_ptr<sextant_pool, PoolCloser> pool;
  if (call.threads > 1) {
    pool.reset(sextant_pool_create(call.threads));
    launch.pool = pool.get();
    launch.parallel_for = sextant_pool_parallel_for;
    launch.threads = call.threads;
  }
  const int32_t n_in = static_cast<int32_t>(in.size());
  const int32_t n_out = static_cast<int32_t>(out.size());
  size_t bytes = 0;
  if (workspace(in.data(), n_in, out.data(), n_out, &launch, &bytes) !=
      SEXTANT_OK) {
    error = std::string("workspace: ") + message;
    return std::nullopt;
  }
  // Nobody promises a clean workspace: it holds NaN.
  std::vector<char> memory(bytes + 2 * Buffer::kGuard + 64, char(0xff));
  char *start = memory.data() + Buffer::kGuard;
  start += -reinterpret_cast<uintptr_t>(start) % SEXTANT_WORKSPACE_ALIGNMENT;
  launch.workspace = start;
  launch.workspace_bytes = bytes;
  if (call_(in.data(), n_in, out.data(), n_out, &launch) != SEXTANT_OK) {
    error = std::string("call: ") + message;
    return std::nullopt;
  }
  auto isGuard = [](char byte) { return byte == char(0xff); };
  if (!std::all_of(memory.data(), start, isGuard) ||
      !std::all_of(start + bytes, memory.data() + memory.size(), isGuard))
    error = "written outside the workspace";
  for (auto [i, buffer] : llvm::enumerate(inputs))
    if (!buffer.isIntact())
      error = "written around input " + std::to_string(i);
  for (auto [i, buffer] : llvm::enumerate(outputs)) {
    if (!buffer.isIntact())
      error = "written around output " + std::to_string(i);
    else if (!buffer.isWritten())
      error = "output " + std::to_string(i) + " is not written everywhere";
  }
  if (!error.empty())
    return std::nullopt;
  return outputs;
}

FailureOr<attn::ReferenceResult>
Kernel::reference(const Buffers &inputs,
                  const attn::ReferenceOptions &options) {
  auto result = attn::runReference(function(), hostTensors(inputs), options);
  if (failed(result))
    llvm::errs() << messages;
  return result;
}

Verdict Kernel::check(Buffers &inputs, const attn::ReferenceResult &expected,
                      const Call &call, bool mayBeTrivial) {
  Verdict verdict;
  llvm::raw_string_ostream os(verdict.text);
  std::string error;
  std::vector<std::vector<char>> before;
  for (const Buffer &buffer : inputs)
    before.push_back(buffer.bits());
  std::optional<Buffers> outputs = run(inputs, call, error);
  if (!outputs) {
    os << error << "\n";
    verdict.passes = false;
    return verdict;
  }
  for (auto [i, buffer] : llvm::enumerate(inputs))
    if (buffer.bits() != before[i]) {
      os << "input " << i << " was changed\n";
      verdict.passes = false;
    }
  for (auto [i, reference] : llvm::enumerate(expected.outputs)) {
    auto comparison = attn::compare(reference, (*outputs)[i].host(), error);
    if (failed(comparison)) {
      os << "output " << i << ": " << error << "\n";
      verdict.passes = false;
      continue;
    }
    verdict.worstRatio = std::max(verdict.worstRatio, comparison->worstRatio);
    const bool mistrusted = comparison->mistrusted && !mayBeTrivial;
    if (comparison->passes() && !mistrusted)
      continue;
    verdict.passes = false;
    os << "output " << i << ", isa " << call.isa << ": "
       << (mistrusted ? "mistrusted, " : "") << comparison->mismatches
       << " mismatches, error/bound " << comparison->worstRatio << " at place "
       << comparison->worstPlace << ": " << comparison->worstActual
       << ", expected " << comparison->worstExpected << " within "
       << comparison->worstBound << "\n";
  }
  return verdict;
}

bool sextant::test::sameBits(const Buffers &a, const Buffers &b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i].bits() != b[i].bits())
      return false;
  return true;
}
