//===- Neighborhood.cpp - Windows on a grid of several axes ---------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnPredicate.h"

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Neighborhood.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Masks/Neighborhood.cpp.inc"

namespace {
/// One axis, with its defaults.
struct Axis {
  int64_t extent, kernel, stride, dilation;
  bool causal;
};
} // namespace

static Axis axisOf(NeighborhoodAttr attr, unsigned axis) {
  auto given = [&](ArrayRef<int64_t> list, int64_t otherwise) {
    return list.empty() ? otherwise : list[axis];
  };
  return {attr.getExtents()[axis], attr.getKernel()[axis],
          given(attr.getStride(), 1), given(attr.getDilation(), 1),
          given(attr.getCausal(), 0) != 0};
}

LogicalResult
NeighborhoodAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<int64_t> extents, ArrayRef<int64_t> kernel,
                         ArrayRef<int64_t> stride, ArrayRef<int64_t> dilation,
                         ArrayRef<int64_t> causal) {
  const size_t axes = extents.size();
  if (axes < 1 || axes > 4) // neighborhood_c1
    return emitError() << "expected 1 to 4 axes in 'extents', got " << axes;
  for (auto [name, list] : {std::pair("kernel", kernel),
                            {"stride", stride},
                            {"dilation", dilation},
                            {"causal", causal}})
    if (list.size() != axes &&
        (list == kernel || !list.empty())) // neighborhood_c2
      return emitError() << "expected '" << name << "' of " << axes
                         << " axes, got " << list.size();
  int64_t cells = 1;
  for (size_t axis = 0; axis < axes; ++axis) {
    const int64_t most = (int64_t(1) << 24) / cells;
    if (extents[axis] < 1 || extents[axis] > most) // neighborhood_c3
      return emitError() << "'extents' must be >= 1 with a product of at most "
                            "2^24, got "
                         << extents[axis] << " on axis " << axis;
    cells *= extents[axis];
    const int64_t step = dilation.empty() ? 1 : dilation[axis];
    if (step < 1 || step > extents[axis]) // neighborhood_c4
      return emitError() << "'dilation' must be within [1, " << extents[axis]
                         << "], got " << step << " on axis " << axis;
    if (kernel[axis] < 1 ||
        kernel[axis] > extents[axis] / step) // neighborhood_c5
      return emitError() << "'kernel' must be within [1, "
                         << extents[axis] / step << "], got " << kernel[axis]
                         << " on axis " << axis;
    const int64_t leads = stride.empty() ? 1 : stride[axis];
    if (leads < 1 || leads > kernel[axis]) // neighborhood_c6
      return emitError() << "'stride' must be within [1, " << kernel[axis]
                         << "], got " << leads << " on axis " << axis;
    if (!causal.empty() && causal[axis] != 0 &&
        causal[axis] != 1) // neighborhood_c7
      return emitError() << "'causal' must be 0 or 1, got " << causal[axis]
                         << " on axis " << axis;
  }
  return success();
}

/// Whether the key at coordinate `k` is in the window of the query at `q`.
static bool isNear(const Axis &axis, int64_t q, int64_t k) {
  if (q % axis.dilation != k % axis.dilation)
    return false;
  const int64_t residue = q % axis.dilation;
  const int64_t places =
      (axis.extent - residue + axis.dilation - 1) / axis.dilation;
  const int64_t i = q / axis.dilation, j = k / axis.dilation;
  const int64_t left = axis.kernel / 2, right = axis.kernel - 1 - left;
  const int64_t group = i / axis.stride * axis.stride;
  if (axis.causal) {
    const int64_t leader = std::min(group + axis.stride - 1, places - 1);
    return j >= leader - left - right && j <= i;
  }
  const int64_t leader = std::min(group + axis.stride / 2, places - 1);
  int64_t start = std::max<int64_t>(leader - left, 0);
  if (leader + right >= places) // shifted back onto the grid
    start += places - right - leader - 1;
  return start <= j && j < start + axis.kernel;
}

bool NeighborhoodAttr::evaluate(const PairCoordinates &at,
                                const CaptureReader &) const {
  int64_t query = at.queryPos, key = at.keyPos;
  if (query < 0 || key < 0)
    return false;
  bool near = true;
  for (unsigned axis = getExtents().size(); axis-- > 0;) {
    const int64_t extent = getExtents()[axis];
    near &= isNear(axisOf(*this, axis), query % extent, key % extent);
    query /= extent;
    key /= extent;
  }
  return near && query == 0 && key == 0;
}

/// `isNear` as IR. Minima and maxima are monotone, so a range of queries has a
/// range of windows.
static Value expandNear(PredicateBuilder &p, const Axis &axis, Value q,
                        Value k) {
  Value same, places = p.integer(axis.extent);
  if (axis.dilation > 1) {
    Value residue = p.mod(q, axis.dilation);
    same = p.equal(residue, p.mod(k, axis.dilation));
    places = p.div(p.sub(p.integer(axis.extent + axis.dilation - 1), residue),
                   axis.dilation);
    q = p.div(q, axis.dilation);
    k = p.div(k, axis.dilation);
  }
  Value last = p.sub(places, p.integer(1)), leader = q;
  const int64_t ahead = axis.causal ? axis.stride - 1 : axis.stride / 2;
  if (axis.stride > 1)
    leader = p.add(p.mul(p.div(q, axis.stride), axis.stride), p.integer(ahead));
  leader = p.min(leader, last);
  Value near;
  if (axis.causal) {
    Value start = p.sub(leader, p.integer(axis.kernel - 1));
    near = p.both(p.atMost(start, k), p.atMost(k, q));
  } else {
    Value kernel = p.integer(axis.kernel);
    Value start =
        p.max(p.sub(leader, p.integer(axis.kernel / 2)), p.integer(0));
    start = p.min(start, p.sub(places, kernel));
    near = p.within(start, k, p.add(start, kernel));
  }
  return same ? p.both(same, near) : near;
}

Value NeighborhoodAttr::expand(OpBuilder &builder, Location loc,
                               const PairValues &at, ValueRange) const {
  PredicateBuilder p(builder, loc);
  int64_t cells = 1;
  for (int64_t extent : getExtents())
    cells *= extent;
  auto isOn = [&](Value position) {
    return p.within(p.integer(0), position, p.integer(cells));
  };
  Value seen = p.both(isOn(at.queryPos), isOn(at.keyPos));
  // From the slowest axis on: what is left names the cell of the others.
  Value query = at.queryPos, key = at.keyPos;
  for (unsigned axis = 0; axis < getExtents().size(); ++axis) {
    cells /= getExtents()[axis];
    seen = p.both(seen, expandNear(p, axisOf(*this, axis), p.div(query, cells),
                                   p.div(key, cells)));
    query = p.mod(query, cells);
    key = p.mod(key, cells);
  }
  return seen;
}

SEXTANT_ATTN_SAMPLE(NeighborhoodAttr) {
  std::string extents, kernels, strides, dilations, causal;
  const int64_t axes = draw.integer(1, 3);
  for (int64_t axis = 0; axis < axes; ++axis) {
    const int64_t kernel = draw.integer(1, 4), dilation = draw.integer(1, 2);
    auto add = [&](std::string &list, int64_t number) {
      list += (axis ? ", " : "") + std::to_string(number);
    };
    add(extents, kernel * dilation + draw.integer(0, 6));
    add(kernels, kernel);
    add(strides, draw.integer(1, kernel));
    add(dilations, dilation);
    add(causal, draw.flag());
  }
  std::string text = llvm::formatv(
      "#attn.neighborhood<extents = [{0}], kernel = [{1}]", extents, kernels);
  if (draw.flag())
    text += llvm::formatv(", stride = [{0}], dilation = [{1}], causal = [{2}]",
                          strides, dilations, causal);
  return text + ">";
}

SEXTANT_ATTN_ENTRY(Neighborhood, NeighborhoodAttr)
