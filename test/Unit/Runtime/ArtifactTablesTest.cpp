// What a kernel's table can say beyond the sample kernel: several outputs,
// relations with numbers, extents that no input fixes, limits.
#include "test/Unit/Runtime/SampleKernel.h"

#include "gtest/gtest.h"

#include <cstring>

namespace {

constexpr sextant_dim length = {SEXTANT_DIM_SYMBOL, 0, 0};
constexpr sextant_dim width = {SEXTANT_DIM_SYMBOL, 1, 0};
constexpr sextant_dim three = {SEXTANT_DIM_STATIC, 0, 3};
constexpr sextant_dim hundred = {SEXTANT_DIM_STATIC, 0, 100};

const sextant_dim xDims[] = {length};
const sextant_dim pairDims[] = {length, three};
const sextant_dim openDims[] = {length, width};
const char *const symbolNames[] = {"L", "W"};

int64_t oneTask(const sextant_frame *) { return 1; }
void runNothing(const sextant_frame *, int64_t, int64_t) {}
int64_t hugeWorkspace(const sextant_frame *) { return -1; }

const sextant_phase phases[] = {{oneTask, runNothing}};
const sextant_variant variants[] = {
    {SEXTANT_ISA_GENERIC, 0, "generic", 1, 0, phases, nullptr}};
const sextant_variant hugeVariants[] = {
    {SEXTANT_ISA_GENERIC, 0, "generic", 1, 0, phases, hugeWorkspace}};

const sextant_arg arguments[] = {{"x", xDims, 1, 0, kDLFloat, 32, 0, 0},
                                 {"sum", xDims, 1, 0, kDLFloat, 32, 0, 0},
                                 {"pairs", pairDims, 2, 0, kDLFloat, 32, 0, 0}};
const sextant_arg openArguments[] = {
    {"x", xDims, 1, 0, kDLFloat, 32, 0, 0},
    {"sum", xDims, 1, 0, kDLFloat, 32, 0, 0},
    {"open", openDims, 2, 0, kDLFloat, 32, 0, 0}};
const sextant_relation atMost[] = {
    {SEXTANT_RELATION_AT_MOST, 0, length, hundred}};
const sextant_relation multipleOfThree[] = {
    {SEXTANT_RELATION_MULTIPLE, 0, length, three}};

sextant_kernel makeKernel() {
  return {SEXTANT_KERNEL_ABI, 1,       2,        2, "tables", arguments,
          symbolNames,        nullptr, variants, 0, 1};
}

class ArtifactTables : public ::testing::Test {
protected:
  sample::Tensor<float> x{{6}, kDLFloat};
  sample::Tensor<float> sum{{6}, kDLFloat};
  sample::Tensor<float> pairs{{6, 3}, kDLFloat};
  sextant_kernel kernel = makeKernel();
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  char message[512] = "";

  void SetUp() override {
    launch.message = message;
    launch.message_bytes = sizeof(message);
  }

  sextant_status call() {
    const DLTensor *in[] = {&x.view};
    DLTensor *out[] = {&sum.view, &pairs.view};
    return sextant_artifact_call(&kernel, in, 1, out, 2, &launch);
  }

  sextant_status shapes() {
    const DLTensor *in[] = {&x.view};
    DLTensor *out[] = {&sum.view, &pairs.view};
    return sextant_artifact_shapes(&kernel, in, 1, out, 2, &launch);
  }
};

TEST_F(ArtifactTables, ShapesOfSeveralOutputs) {
  x.shape = {9};
  x.view.shape = x.shape.data();
  ASSERT_EQ(shapes(), SEXTANT_OK) << message;
  EXPECT_EQ(sum.shape, std::vector<int64_t>{9});
  EXPECT_EQ(pairs.shape, (std::vector<int64_t>{9, 3}));
  pairs.view.ndim = 1;
  EXPECT_EQ(shapes(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message,
               "'pairs': expected room for a shape of rank 2, got rank 1");
}

TEST_F(ArtifactTables, OutputsMustNotOverlapEachOther) {
  EXPECT_EQ(call(), SEXTANT_OK) << message;
  sum.view.data = pairs.data.data() + 17;
  EXPECT_EQ(call(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message,
               "output 'sum' overlaps 'pairs': expected memory of its own");
}

// A comb and a solid block over the same range: no stride keeps them apart.
TEST_F(ArtifactTables, CombOverASolidBlockOverlaps) {
  std::vector<float> block(18);
  pairs.view.data = block.data();
  sum.view.data = block.data();
  sum.setStrides({3});
  EXPECT_EQ(call(), SEXTANT_INVALID_ARGUMENT);
  // Two combs with offset teeth do not touch; with equal teeth they do.
  x.view.data = block.data();
  x.setStrides({3});
  sum.view.data = block.data() + 1;
  std::vector<float> elsewhere(18);
  pairs.view.data = elsewhere.data();
  EXPECT_EQ(call(), SEXTANT_OK) << message;
  sum.view.data = block.data() + 3;
  EXPECT_EQ(call(), SEXTANT_INVALID_ARGUMENT);
  // Teeth as wide as the pitch leave no room.
  sum.view.data = block.data() + 1;
  x.setStrides({2});
  EXPECT_EQ(call(), SEXTANT_INVALID_ARGUMENT);
}

// Rows of three elements against single elements, every pair of starts in a
// pitch of five, compared with brute force.
TEST_F(ArtifactTables, CombsOfEveryOffsetAgreeWithBruteForce) {
  std::vector<float> block(64);
  for (int64_t pairsAt = 0; pairsAt < 10; ++pairsAt)
    for (int64_t xAt = 0; xAt < 10; ++xAt) {
      pairs.view.data = block.data() + pairsAt;
      pairs.setStrides({5, 1});
      x.view.data = block.data() + xAt;
      x.setStrides({5});
      bool shared = false;
      for (int64_t i = 0; i < 6; ++i)
        for (int64_t row = 0; row < 6; ++row)
          for (int64_t c = 0; c < 3; ++c)
            shared |= xAt + 5 * i == pairsAt + 5 * row + c;
      EXPECT_EQ(call() == SEXTANT_OK, !shared)
          << pairsAt << " " << xAt << " " << message;
    }
}

TEST_F(ArtifactTables, NeighboursDoNotOverlap) {
  std::vector<float> both(12);
  x.view.data = both.data();
  sum.view.data = both.data() + 6;
  EXPECT_EQ(call(), SEXTANT_OK) << message;
  sum.view.data = both.data();
  x.view.data = both.data() + 6;
  EXPECT_EQ(call(), SEXTANT_OK) << message;
  sum.view.data = both.data() + 1;
  EXPECT_EQ(call(), SEXTANT_INVALID_ARGUMENT);
}

TEST_F(ArtifactTables, RelationAtMostANumber) {
  kernel.relations = atMost;
  kernel.n_relations = 1;
  EXPECT_EQ(call(), SEXTANT_OK) << message;
  x.shape[0] = 100;
  EXPECT_EQ(shapes(), SEXTANT_OK) << message;
  x.shape[0] = 101;
  EXPECT_EQ(shapes(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message, "expected at most 100, got L = 101 ('x' dim 0)");
}

TEST_F(ArtifactTables, RelationMultipleOfANumber) {
  kernel.relations = multipleOfThree;
  kernel.n_relations = 1;
  EXPECT_EQ(call(), SEXTANT_OK) << message;
  x.shape[0] = 7;
  EXPECT_EQ(shapes(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message, "expected a multiple of 3, got L = 7 ('x' dim 0)");
}

TEST_F(ArtifactTables, ExtentThatNoInputFixes) {
  kernel.args = openArguments;
  EXPECT_EQ(shapes(), SEXTANT_UNSUPPORTED);
  EXPECT_STREQ(message, "'open' dim 1: the extent W does not follow from the "
                        "shapes of the inputs");
  // Calling is fine: the output itself says what W is.
  EXPECT_EQ(call(), SEXTANT_OK) << message;
}

TEST_F(ArtifactTables, WorkspaceBeyond63Bits) {
  kernel.variants = hugeVariants;
  EXPECT_EQ(call(), SEXTANT_RESOURCE_EXHAUSTED);
  EXPECT_STREQ(message, "the workspace for these extents exceeds 63 bits");
}

TEST_F(ArtifactTables, DefectiveTables) {
  kernel.abi = SEXTANT_KERNEL_ABI + 1;
  EXPECT_EQ(call(), SEXTANT_INTERNAL);
  EXPECT_STREQ(message, "defective kernel table");
  kernel = makeKernel();
  kernel.n_symbols = SEXTANT_MAX_SYMBOLS + 1;
  EXPECT_EQ(call(), SEXTANT_INTERNAL);
  kernel = makeKernel();
  kernel.n_out = SEXTANT_MAX_ARGUMENTS;
  EXPECT_EQ(call(), SEXTANT_INTERNAL);
}

// As many symbols and dimensions as a table may have.
TEST(ArtifactLimits, LargestTable) {
  constexpr int count = SEXTANT_MAX_ARGUMENTS;
  static_assert(SEXTANT_MAX_SYMBOLS == count, "one symbol an argument");
  std::vector<std::string> names;
  std::vector<std::vector<sextant_dim>> dims;
  std::vector<sextant_arg> args;
  std::vector<const char *> symbols;
  std::vector<std::vector<int64_t>> shapes;
  std::vector<DLTensor> tensors;
  static float element[count];
  for (int i = 0; i < count; ++i) {
    names.push_back("t" + std::to_string(i));
    dims.emplace_back(SEXTANT_MAX_RANK, sextant_dim{SEXTANT_DIM_SYMBOL, i, 0});
    shapes.emplace_back(SEXTANT_MAX_RANK, 1);
  }
  for (int i = 0; i < count; ++i) {
    symbols.push_back(names[size_t(i)].c_str());
    args.push_back({names[size_t(i)].c_str(), dims[size_t(i)].data(),
                    SEXTANT_MAX_RANK, 0, kDLFloat, 32, 0, 0});
    DLTensor tensor = {};
    tensor.data = &element[i];
    tensor.device = {kDLCPU, 0};
    tensor.ndim = SEXTANT_MAX_RANK;
    tensor.dtype = {kDLFloat, 32, 1};
    tensor.shape = shapes[size_t(i)].data();
    tensors.push_back(tensor);
  }
  std::vector<const DLTensor *> in;
  for (int i = 0; i + 1 < count; ++i)
    in.push_back(&tensors[size_t(i)]);
  DLTensor *out[] = {&tensors.back()};
  const sextant_kernel kernel = {
      SEXTANT_KERNEL_ABI, count - 1, 1,        count, "largest", args.data(),
      symbols.data(),     nullptr,   variants, 0,     1};
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  char message[256] = "";
  launch.message = message;
  launch.message_bytes = sizeof(message);
  launch.threads = SEXTANT_MAX_THREADS;
  EXPECT_EQ(
      sextant_artifact_call(&kernel, in.data(), count - 1, out, 1, &launch),
      SEXTANT_OK)
      << message;
  shapes.back()[SEXTANT_MAX_RANK - 1] = 2;
  EXPECT_EQ(
      sextant_artifact_call(&kernel, in.data(), count - 1, out, 1, &launch),
      SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(message, "'t63' dim 7: expected t63 = 1 as in 't63' dim 0, got "
                        "2");
}

} // namespace
