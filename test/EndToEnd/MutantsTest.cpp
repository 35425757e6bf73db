//===- MutantsTest.cpp - The gates bite -----------------------------------===//
//
// Kernels that are wrong on purpose must be rejected by the comparison that the
// other suites rely on, and the right kernel must pass on the same inputs. Some
// are programs that differ by what a bug would change, some are calls with
// rows in the wrong place, some are edits of the vector form.
//
//===----------------------------------------------------------------------===//

#include "Suite.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"

#include <cmath>

using namespace mlir;
using namespace sextant;
using namespace sextant::test;
using sextant::attn::Probe;

static constexpr Dims kDims = {1, 4, 2, 96, 129};
static constexpr std::pair<Probe, const char *> kProbes[] = {
    {Probe::Count, "count"},
    {Probe::Ramp, "ramp"},
    {Probe::Needle, "needle"},
    {Probe::Random, "random"}};

static Spec small() {
  Spec spec;
  spec.channels = 16;
  spec.valueChannels = 16;
  spec.scores = "%s = attn.scores %q, %k scale(0.25) : $Q, $K\n";
  return spec;
}

/// What `wrong` makes of the inputs of `right`, on every instruction set: the
/// probes that reject it, and "" for one that none rejects.
using Tamper = std::function<Buffers(Kernel &wrong, const Buffers &inputs)>;

static std::string rejections(Kernel &right, Kernel &wrong,
                              const Tamper &tamper) {
  std::string caught;
  for (auto [probe, name] : kProbes) {
    Buffers inputs = right.inputs(kDims, probe, 17);
    auto expected = right.reference(inputs);
    if (failed(expected))
      return "";
    bool everywhere = true;
    for (int32_t isa : allIsas()) {
      Call call;
      call.isa = isa;
      // The control: what is right passes.
      Verdict clean = right.check(inputs, *expected, call, true);
      EXPECT_TRUE(clean.passes) << name << ": " << clean.text;
      Buffers given = tamper(wrong, inputs);
      // A call that fails is not a rejected result.
      std::string error;
      if (!wrong.run(given, call, error)) {
        ADD_FAILURE() << error;
        return "";
      }
      everywhere &= !wrong.check(given, *expected, call, true).passes;
    }
    if (everywhere)
      caught += std::string(caught.empty() ? "" : ", ") + name;
  }
  return caught;
}

static Buffers same(Kernel &, const Buffers &inputs) {
  Buffers copies;
  for (const Buffer &buffer : inputs)
    copies.push_back(buffer.copy(Layout::Dense));
  return copies;
}

static void expectRejected(const std::string &name, Kernel *right,
                           Kernel *wrong, const Tamper &tamper = same) {
  if (!right || !wrong)
    return;
  std::string caught = rejections(*right, *wrong, tamper);
  EXPECT_FALSE(caught.empty()) << name << " passes every gate";
  ::testing::Test::RecordProperty(name, caught);
}

static void expectRejected(const std::string &name, const Spec &right,
                           const Spec &wrong) {
  expectRejected(name, compiled(right), compiled(wrong));
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

static Spec seeing(const std::string &visible) {
  Spec spec = small();
  spec.visible = visible;
  return spec;
}

/// A region that compares positions.
static std::string comparing(const std::string &ops) {
  return "visible (%b, %h, %i, %j, %m, %n) {\n"
         "  %one = arith.constant 1 : i32\n" +
         ops + "\n  attn.yield %seen : i1\n}";
}

TEST(Mutants, CausalEdges) {
  Spec right = seeing("visible(#attn.causal)");
  expectRejected("causal, one key too many", right,
                 seeing(comparing("%l = arith.addi %m, %one : i32\n"
                                  "%seen = arith.cmpi sle, %n, %l : i32")));
  expectRejected("causal, one key too few", right,
                 seeing(comparing("%seen = arith.cmpi slt, %n, %m : i32")));
}

TEST(Mutants, OtherEdges) {
  expectRejected("window, one key too many",
                 seeing("visible(#attn.sliding_window<back = 24, ahead = 0>)"),
                 seeing("visible(#attn.sliding_window<back = 25, ahead = 0>)"));
  expectRejected("last key dropped", seeing(""),
                 seeing(comparing("%all = attn.extent keys\n"
                                  "%last = arith.subi %all, %one : i32\n"
                                  "%seen = arith.cmpi slt, %j, %last : i32")));
}

TEST(Mutants, Scores) {
  Spec wrong = small();
  wrong.scores = "%s = attn.scores %q, %k scale(0.2525) : $Q, $K\n";
  expectRejected("scale wrong by 1 %", small(), wrong);
  wrong.scores = "%s = attn.scores %q, %k scale(0.25001) : $Q, $K\n";
  expectRejected("scale wrong by 40 ppm", small(), wrong);
  wrong.scores = "%r = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                 "%s = attn.softcap %r cap(100.0) : $S\n";
  expectRejected("a softcap that nobody asked for", small(), wrong);
}

TEST(Mutants, Positions) {
  Spec right = small(), wrong = small();
  right.scores = rotaryScores("#attn.rope<base = 1.0e4>");
  // There is one key more than queries: every query is one position off.
  wrong.scores = right.scores;
  wrong.positions = "align(top_left)";
  expectRejected("queries at the wrong offset", right, wrong);
  wrong = right;
  wrong.scores = rotaryScores("#attn.rope<base = 1.0e4, layout = interleaved>");
  expectRejected("the other layout of pairs", right, wrong);
  wrong.scores = rotaryScores("#attn.rope<base = 1.001e4>");
  expectRejected("frequencies wrong by 0.1 % of the base", right, wrong);
  right.scores = strictScores();
  wrong.scores = slackScores();
  expectRejected("rotated before it is tied", right, wrong);
}

TEST(Mutants, Slopes) {
  Spec right = small(), wrong = small();
  auto biased = [](const std::string &slopes) {
    return "%r = attn.scores %q, %k scale(0.25) : $Q, $K\n"
           "%s = attn.bias %r at (%pq, %pk) (" +
           slopes + ") : $S, $P, $P\n";
  };
  right.scores = biased("#attn.alibi");
  wrong.scores = biased("#attn.alibi<max_exponent = 8.01>");
  expectRejected("slopes of another exponent", right, wrong);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Row `row` of head `head` of `from` to that of `to`.
static void copyRow(const Buffer &from, int64_t fromHead, int64_t fromRow,
                    Buffer &to, int64_t toHead, int64_t toRow) {
  const int64_t channels = to.host().shape[3];
  const int64_t source = (fromHead * from.host().shape[2] + fromRow) * channels;
  const int64_t target = (toHead * to.host().shape[2] + toRow) * channels;
  for (int64_t c = 0; c < channels; ++c)
    to.set(target + c, from.at(source + c));
}

TEST(Mutants, RowsInTheWrongPlace) {
  Kernel *kernel = compiled(small());
  expectRejected("values shifted by a row", kernel, kernel,
                 [](Kernel &wrong, const Buffers &inputs) {
                   Buffers moved = same(wrong, inputs);
                   for (int64_t head = 0; head < kDims.G; ++head)
                     for (int64_t row = 1; row < kDims.N; ++row)
                       copyRow(inputs[2], head, row - 1, moved[2], head, row);
                   return moved;
                 });
  expectRejected("two keys swapped", kernel, kernel,
                 [](Kernel &wrong, const Buffers &inputs) {
                   Buffers moved = same(wrong, inputs);
                   copyRow(inputs[1], 1, 3, moved[1], 1, 70);
                   copyRow(inputs[1], 1, 70, moved[1], 1, 3);
                   return moved;
                 });
  expectRejected("keys of a query head's rank, not of its group", kernel,
                 kernel, [](Kernel &wrong, const Buffers &inputs) {
                   Dims all = kDims;
                   all.G = all.H;
                   Buffers moved = wrong.inputs(all);
                   moved[0] = inputs[0].copy(Layout::Dense);
                   for (size_t argument : {1, 2})
                     for (int64_t head = 0; head < all.H; ++head)
                       for (int64_t row = 0; row < all.N; ++row)
                         copyRow(inputs[argument], head % kDims.G, row,
                                 moved[argument], head, row);
                   return moved;
                 });
  expectRejected("keys past the end taken for zeros", kernel, kernel,
                 [](Kernel &wrong, const Buffers &inputs) {
                   Dims more = kDims;
                   more.N += 7;
                   Buffers moved = wrong.inputs(more);
                   moved[0] = inputs[0].copy(Layout::Dense);
                   for (size_t argument : {1, 2}) {
                     for (int64_t i = 0; i < moved[argument].numElements(); ++i)
                       moved[argument].set(i, 0);
                     for (int64_t head = 0; head < kDims.G; ++head)
                       for (int64_t row = 0; row < kDims.N; ++row)
                         copyRow(inputs[argument], head, row, moved[argument],
                                 head, row);
                   }
                   return moved;
                 });
}

//===----------------------------------------------------------------------===//
// Edits of the vector form
//===----------------------------------------------------------------------===//

static std::optional<double> splatOf(Value value) {
  DenseFPElementsAttr constant;
  if (auto op = value.getDefiningOp<arith::ConstantOp>())
    constant = dyn_cast<DenseFPElementsAttr>(op.getValue());
  if (!constant || !constant.isSplat())
    return std::nullopt;
  return constant.getSplatValue<APFloat>().convertToDouble();
}

/// The kernel of `spec` with every op that `edit` knows changed.
static std::unique_ptr<Kernel>
edited(const Spec &spec, const std::function<bool(Operation *)> &edit) {
  auto kernel =
      std::make_unique<Kernel>(programText(spec), [&](ModuleOp module) {
        SmallVector<Operation *> ops;
        module.walk([&](Operation *op) { ops.push_back(op); });
        int64_t changed = 0;
        for (Operation *op : ops)
          changed += edit(op);
        return changed > 0;
      });
  EXPECT_TRUE(kernel->isValid()) << kernel->diagnostics();
  return kernel->isValid() ? std::move(kernel) : nullptr;
}

/// x in `store (mulf (load p), x), p`: the factor of a rescaled sum.
static arith::MulFOp rescaling(Operation *op) {
  auto store = dyn_cast<vector::StoreOp>(op);
  auto product = store ? store.getValueToStore().getDefiningOp<arith::MulFOp>()
                       : arith::MulFOp();
  auto load = product ? product.getLhs().getDefiningOp<vector::LoadOp>()
                      : vector::LoadOp();
  return load && load.getBase() == store.getBase() ? product : nullptr;
}

/// Scores that rise by 40 every 32 keys: the last key, which no block shares
/// with the first, makes all that was summed up shrink.
static Spec rising() {
  Spec spec = small();
  spec.scores = "%r = attn.scores %q, %k scale(0.25) : $Q, $K\n"
                "%s = attn.score_map %r at (%pq, %pk) "
                "(%x, %b, %h, %i, %j, %m, %n) {\n"
                "  %c = arith.constant 32 : i32\n"
                "  %step = arith.constant 40.0 : f32\n"
                "  %steps = arith.divsi %j, %c : i32\n"
                "  %number = arith.sitofp %steps : i32 to f32\n"
                "  %rise = arith.mulf %number, %step : f32\n"
                "  %y = arith.addf %x, %rise : f32\n"
                "  attn.yield %y : f32\n"
                "} : $S, $P, $P\n";
  return spec;
}

/// Leaves out the rescaling of tables of `rank`: row sums have two axes, what
/// they divide has three.
static std::unique_ptr<Kernel> notRescaled(int64_t rank) {
  return edited(rising(), [=](Operation *op) {
    arith::MulFOp product = rescaling(op);
    if (!product || cast<vector::StoreOp>(op).getMemRefType().getRank() != rank)
      return false;
    product.getResult().replaceAllUsesWith(product.getLhs());
    return true;
  });
}

TEST(Mutants, SumsNotRescaled) {
  expectRejected("row sums not rescaled", compiled(rising()),
                 notRescaled(2).get());
}

TEST(Mutants, OutputsNotRescaled) {
  expectRejected("outputs not rescaled", compiled(rising()),
                 notRescaled(3).get());
}

TEST(Mutants, RaggedTailNotMasked) {
  auto kernel = edited(small(), [](Operation *op) {
    auto select = dyn_cast<arith::SelectOp>(op);
    std::optional<double> other =
        select ? splatOf(select.getFalseValue()) : std::nullopt;
    if (!other || *other != -INFINITY)
      return false;
    select.getResult().replaceAllUsesWith(select.getTrueValue());
    return true;
  });
  expectRejected("ragged tail not masked", compiled(small()), kernel.get());
}

TEST(Mutants, ExponentialNotExact) {
  // One coefficient of 2^x, wrong by 1e-4.
  auto kernel = edited(small(), [](Operation *op) {
    auto constant = dyn_cast<arith::ConstantOp>(op);
    std::optional<double> value =
        constant ? splatOf(constant.getResult()) : std::nullopt;
    if (!value || std::fabs(*value - 0.693147) > 1e-5)
      return false;
    constant.setValueAttr(
        DenseElementsAttr::get(cast<ShapedType>(constant.getType()),
                               static_cast<float>(*value + 1e-4)));
    return true;
  });
  expectRejected("exponential wrong by 1e-4", compiled(small()), kernel.get());
}

TEST(Mutants, AccumulatorOfHalfTheBits) {
  // Sums of the output lose their lower 16 bits wherever they are stored: what
  // an accumulator of bf16 does.
  auto kernel = edited(small(), [](Operation *op) {
    auto store = dyn_cast<vector::StoreOp>(op);
    if (!store || store.getBase().getType().getRank() != 3 ||
        store.getValueToStore().getDefiningOp<arith::ConstantOp>() ||
        store.getValueToStore().getDefiningOp<arith::MulFOp>())
      return false;
    OpBuilder builder(store);
    Location loc = store.getLoc();
    auto type = cast<VectorType>(store.getValueToStore().getType());
    auto integers = type.clone(builder.getI32Type());
    Value bits = arith::BitcastOp::create(builder, loc, integers,
                                          store.getValueToStore());
    Value mask = arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(integers, APInt(32, 0xffff0000u)));
    bits = arith::AndIOp::create(builder, loc, bits, mask);
    store.getValueToStoreMutable().assign(
        arith::BitcastOp::create(builder, loc, type, bits).getResult());
    return true;
  });
  expectRejected("accumulator kept in bf16", compiled(small()), kernel.get());
}
