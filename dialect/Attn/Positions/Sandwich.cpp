//===- Sandwich.cpp - Summed cosines of the distance --------------------===//

#include "dialect/Attn/IR/AttnEntry.h"
#include "dialect/Attn/IR/AttnScalar.h"

#include <cmath>

using namespace mlir;
using namespace sextant::attn;

#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Sandwich.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Attn/Positions/Sandwich.cpp.inc"

static constexpr double kBase = 10000;

LogicalResult SandwichAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t dim) {
  if (dim < 2 || dim > 256 || dim % 2) // sandwich_c1
    return emitError() << "'dim' must be even and within [2, 256], got " << dim;
  return success();
}

/// sum_k cos(distance w_k), without the factor of the head.
static double sumOfCosines(int64_t distance, int64_t dim) {
  double sum = 0;
  for (int64_t k = 0; k < dim / 2; ++k)
    sum += std::cos(double(distance) *
                    std::pow(kBase, -2.0 * double(k) / double(dim)));
  return sum;
}

double SandwichAttr::evaluate(const PairCoordinates &at,
                              const CaptureReader &) const {
  double slope = 8.0 * double(at.head + 1) / double(at.heads);
  return sumOfCosines(at.queryPos - at.keyPos, getDim()) / slope;
}

// A cosine is good to 4 units, a partial sum of n cosines is at most n.
double SandwichAttr::boundSlack(const PairCoordinates &at,
                                const CaptureReader &, double bias) const {
  double terms = double(getDim()) / 2;
  double factor = double(at.heads) / (8.0 * double(at.head + 1));
  return factor * (4 * terms + terms * (terms + 1) / 2) + 4 * std::abs(bias);
}

Value SandwichAttr::expand(OpBuilder &builder, Location loc,
                           const PairValues &at, ValueRange) const {
  ScalarBuilder build(builder, loc, builder.getF32Type());
  Value distance = arith::SubIOp::create(builder, loc, at.queryPos, at.keyPos);
  double step = -2 * std::log2(kBase) / double(getDim());
  Value sum;
  for (int64_t k = 0; k < getDim() / 2; ++k) {
    Value frequency = arith::ConstantOp::create(
        builder, loc, builder.getF64FloatAttr(std::exp2(step * double(k))));
    Value cos = CosSinOp::create(builder, loc, distance, frequency).getCos();
    sum = sum ? build.add(sum, cos) : cos;
  }
  Value heads = ExtentOp::create(builder, loc, ExtentKind::Heads);
  Value next = arith::AddIOp::create(builder, loc, at.head, build.integer(1));
  Value factor =
      build.div(build.mul(build.toFloat(heads), 0.125), build.toFloat(next));
  return build.mul(factor, sum);
}

SEXTANT_ATTN_SAMPLE(SandwichAttr) {
  return llvm::formatv("#attn.sandwich<dim = {0}>", 2 * draw.integer(1, 20));
}

SEXTANT_ATTN_ENTRY(Sandwich, SandwichAttr)
