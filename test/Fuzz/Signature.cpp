//===- Signature.cpp - The arguments of a program in the making -----------===//

#include "Signature.h"

#include "dialect/Attn/Reference/Tensor.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::fuzz;
using attn::SampledTensor;

/// Pairs of query and key of all heads that one call may have: the interpreter
/// is naive.
static constexpr int64_t kMostPairs = 40000;

static int64_t *extentOf(Extents &extents, int64_t kind) {
  switch (kind) {
  case SampledTensor::Batches:
    return &extents.batches;
  case SampledTensor::Heads:
    return &extents.heads;
  case SampledTensor::Queries:
    return &extents.queries;
  case SampledTensor::Keys:
    return &extents.keys;
  case Signature::kKeyHeads:
    return &extents.keyHeads;
  default:
    return nullptr;
  }
}

Signature::Signature(Choices &choices, func::FuncOp function)
    : choices(choices), function(function) {
  first = drawExtents();
}

Extents Signature::drawExtents() {
  Extents extents;
  choices.together([&] {
    extents.batches = choices.of<int64_t>({1, 2, 1, 3, 2, 1, 0, 1});
    extents.keyHeads = choices.of<int64_t>({1, 2, 1, 3, 1});
    extents.heads = extents.keyHeads * choices.of<int64_t>({1, 2, 1, 3, 4});
    if (choices.once(40))
      extents.heads = 0;
    extents.queries = choices.of<int64_t>(
        {1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 33, 40, 64, 65, 70, 1, 129, 0});
    extents.keys =
        choices.of<int64_t>({1,  2,  3,  5,  8,   13,  17,  31, 32,  33,
                             64, 65, 70, 97, 128, 130, 200, 0,  257, 300});
  });
  while (extents.batches * extents.heads * extents.queries * extents.keys >
         kMostPairs)
    extents.queries = extents.queries / 2;
  return extents;
}

Value Signature::add(ArrayRef<int64_t> shape, Type element,
                     const Argument &what) {
  Planned plan;
  plan.what = what;
  plan.what.type = *attn::hostTypeOf(element);
  SmallVector<int64_t> dims;
  choices.together([&] {
    for (int64_t extent : shape) {
      int64_t dim = extent, fixedAt = -1;
      if (int64_t *known = extentOf(first, extent)) {
        dim = ShapedType::kDynamic;
        if (choices.once(10)) {
          dim = *known;
          fixed[-extent] = true;
        }
      } else if (extent == SampledTensor::Any) {
        fixedAt = choices.within(1, 40);
        dim = choices.once(4) ? fixedAt : ShapedType::kDynamic;
      }
      dims.push_back(dim);
      plan.shape.push_back(extent);
      plan.fixedAt.push_back(fixedAt);
    }
  });
  planned.push_back(std::move(plan));
  Type type = RankedTensorType::get(dims, element);
  return function.front().addArgument(type, function.getLoc());
}

Value Signature::add(const SampledTensor &tensor, Type element,
                     int64_t rowHeads, int64_t rows) {
  SmallVector<int64_t> shape;
  for (int64_t extent : tensor.shape)
    shape.push_back(extent == SampledTensor::RowHeads ? rowHeads
                    : extent == SampledTensor::Rows   ? rows
                                                      : extent);
  Argument what;
  what.least = tensor.least;
  what.most = tensor.most;
  Builder builder(function.getContext());
  Type integer = builder.getI32Type();
  switch (tensor.values) {
  case SampledTensor::Numbers:
    what.fill = Fill::Uniform;
    break;
  case SampledTensor::RunningSums:
    what.fill = Fill::RunningSums;
    break;
  case SampledTensor::Lengths:
    what.fill = Fill::Lengths;
    return add(shape, integer, what);
  case SampledTensor::Segments:
    what.fill = Fill::Segments;
    return add(shape, integer, what);
  case SampledTensor::Integers:
    what.fill = Fill::Integers;
    return add(shape, integer, what);
  case SampledTensor::Flags:
    what.fill = Fill::Integers;
    return add(shape, builder.getI1Type(), what);
  }
  return add(shape, tensor.onlyF32 ? builder.getF32Type() : element, what);
}

CallOf Signature::drawCall(bool isFirst) {
  CallOf call;
  call.extents = first;
  if (!isFirst) {
    Extents other = drawExtents();
    const int64_t kinds[] = {SampledTensor::Batches, SampledTensor::Heads,
                             SampledTensor::Queries, SampledTensor::Keys,
                             Signature::kKeyHeads};
    const bool headsFixed = fixed[-SampledTensor::Heads] || fixed[-kKeyHeads];
    for (int64_t kind : kinds) {
      const bool isHeads =
          kind == SampledTensor::Heads || kind == Signature::kKeyHeads;
      if (!(isHeads ? headsFixed : fixed[-kind]))
        *extentOf(call.extents, kind) = *extentOf(other, kind);
    }
    // Fixed extents may be larger than what was drawn with them.
    for (int64_t kind : {SampledTensor::Queries, SampledTensor::Keys})
      while (!fixed[-kind] && call.extents.batches * call.extents.heads *
                                      call.extents.queries * call.extents.keys >
                                  kMostPairs)
        *extentOf(call.extents, kind) /= 2;
  }
  using test::Layout;
  for (const Planned &plan : planned) {
    auto &shape = call.shapes.emplace_back();
    for (auto [extent, fixedAt] : llvm::zip_equal(plan.shape, plan.fixedAt)) {
      int64_t *known = extentOf(call.extents, extent);
      shape.push_back(known ? *known : fixedAt >= 0 ? fixedAt : extent);
    }
    Layout layout =
        choices.of({Layout::Dense, Layout::Dense, Layout::Offset,
                    Layout::Transposed, Layout::Padded, Layout::Spread,
                    Layout::BatchBroadcast, Layout::HeadBroadcast});
    // The offset is one for elements of four bytes.
    if (layout == Layout::Offset && attn::bytesOf(plan.what.type) > 4)
      layout = Layout::Dense;
    call.layouts.push_back(layout);
  }
  call.outputs =
      choices.of({Layout::Dense, Layout::Dense, Layout::Offset,
                  Layout::Transposed, Layout::Padded, Layout::Spread});
  // A dense tensor is the only one whose strides are never 0.
  const Extents &size = call.extents;
  if (size.batches * size.heads * size.queries * size.keys == 0)
    call.outputs = Layout::Dense;
  call.threads = choices.of<int32_t>({1, 1, 1, 3});
  call.seed = choices.below(1000);
  call.scale = choices.of({1.0, 1.0, 1.0, 3.0, 0.01, 10.0});
  call.order = choices.of({CallOf::Counted, CallOf::Counted, CallOf::Shuffled,
                           CallOf::Reversed, CallOf::Repeated, CallOf::Far});
  call.positionLimit = positionLimit;
  if (!specials.empty() && choices.once(3)) {
    auto [place, anyNumber] = specials[choices.below(specials.size())];
    call.specialArgument = place;
    using Special = CallOf::Special;
    constexpr Special kinds[] = {Special::Zero, Special::Denormal, Special::NaN,
                                 Special::Huge};
    call.special = kinds[choices.below(anyNumber ? 4 : 3)];
  }
  return call;
}

void Signature::finish(Case &result) {
  for (const Planned &plan : planned)
    result.arguments.push_back(plan.what);
  for (int64_t call = choices.within(1, 3); call > 0; --call)
    choices.together(
        [&] { result.calls.push_back(drawCall(result.calls.empty())); });
}
