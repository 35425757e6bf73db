// What an artifact computes for legal calls: strides, offsets, broadcasts,
// empty extents, variants, threads; and its two companion functions.
#include "test/Unit/Runtime/SampleKernel.h"

#include "gtest/gtest.h"

using sample::Call;

namespace {

TEST(ArtifactCall, ComputesCompactTensors) {
  Call call(2, 4, 2, 3, 5);
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  EXPECT_EQ(call.result.data, call.expected());
  EXPECT_STREQ(call.message, "");
}

TEST(ArtifactCall, NullLaunchMeansDefaults) {
  Call call(1, 1, 1, 1, 1);
  size_t bytes = 0;
  EXPECT_EQ(sextant_artifact_workspace(&sample::kernel, call.in.data(), 3,
                                       call.out.data(), 1, nullptr, &bytes),
            SEXTANT_OK);
  EXPECT_EQ(bytes, 16u);
  // The default has no workspace, which this kernel needs.
  EXPECT_EQ(sextant_artifact_call(&sample::kernel, call.in.data(), 3,
                                  call.out.data(), 1, nullptr),
            SEXTANT_INVALID_ARGUMENT);
}

TEST(ArtifactCall, StridesOfInputAndOutputAreHonoured) {
  Call call(1, 2, 1, 3, 5);
  const std::vector<float> expected = call.expected();
  // The query as [M, H, C] in memory, the result with its channels outermost.
  std::vector<float> turned(24), out(24, 0.0f);
  for (int64_t h = 0; h < 2; ++h)
    for (int64_t m = 0; m < 3; ++m)
      for (int64_t c = 0; c < 4; ++c)
        turned[size_t((m * 2 + h) * 4 + c)] =
            call.query.data[size_t((h * 3 + m) * 4 + c)];
  call.query.view.data = turned.data();
  call.query.setStrides({24, 4, 8, 1});
  call.result.view.data = out.data();
  call.result.setStrides({24, 3, 1, 6});
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  for (int64_t h = 0; h < 2; ++h)
    for (int64_t m = 0; m < 3; ++m)
      for (int64_t c = 0; c < 4; ++c)
        EXPECT_EQ(out[size_t(h * 3 + m + c * 6)],
                  expected[size_t((h * 3 + m) * 4 + c)]);
}

TEST(ArtifactCall, ByteOffsetIsHonoured) {
  Call call(1, 1, 1, 2, 3);
  std::vector<float> shifted(call.key.data.size() + 5);
  std::copy(call.key.data.begin(), call.key.data.end(), shifted.begin() + 5);
  call.key.view.data = shifted.data();
  call.key.view.byte_offset = 5 * sizeof(float);
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  EXPECT_EQ(call.result.data, call.expected());
}

TEST(ArtifactCall, ZeroStrideBroadcastsAnInput) {
  Call call(2, 2, 1, 2, 3);
  // One row of positions for both batches.
  call.positions.data = {1, -2, 3, 1, -2, 3};
  const std::vector<float> expected = call.expected();
  call.positions.setStrides({0, 1});
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  EXPECT_EQ(call.result.data, expected);
}

TEST(ArtifactCall, StridesOfSingleElementDimensionsDoNotMatter) {
  Call call(1, 1, 1, 3, 2);
  call.query.setStrides({-99, 0, 4, 1});
  call.result.setStrides({0, -1, 4, 1});
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  EXPECT_EQ(call.result.data, call.expected());
}

TEST(ArtifactCall, EmptyExtentsSucceed) {
  for (auto extents : {std::vector<int64_t>{0, 2, 1, 3, 5},
                       {2, 0, 1, 3, 5},
                       {2, 2, 1, 0, 5},
                       {2, 2, 1, 3, 0}}) {
    Call call(extents[0], extents[1], extents[2], extents[3], extents[4]);
    for (DLTensor *view : {&call.query.view, &call.key.view,
                           &call.positions.view, &call.result.view})
      for (int32_t d = 0; d < view->ndim; ++d)
        if (view->shape[d] == 0)
          view->data = nullptr;
    EXPECT_EQ(call.run(), SEXTANT_OK) << call.message;
    // No keys: the sum is empty, but the result is still written.
    EXPECT_EQ(call.result.data, call.expected());
  }
}

TEST(ArtifactCall, InterleavedHeadsOfOneBufferDoNotOverlap) {
  // Query and result share a packed buffer [M, 2, H * C] without sharing bytes.
  Call call(1, 2, 1, 3, 2);
  const std::vector<float> expected = call.expected();
  std::vector<float> packed(3 * 16, 0.0f);
  for (int64_t h = 0; h < 2; ++h)
    for (int64_t m = 0; m < 3; ++m)
      for (int64_t c = 0; c < 4; ++c)
        packed[size_t(m * 16 + h * 4 + c)] =
            call.query.data[size_t((h * 3 + m) * 4 + c)];
  call.query.view.data = packed.data();
  call.query.setStrides({48, 4, 16, 1});
  call.result.view.data = packed.data() + 8;
  call.result.setStrides({48, 4, 16, 1});
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  for (int64_t h = 0; h < 2; ++h)
    for (int64_t m = 0; m < 3; ++m)
      for (int64_t c = 0; c < 4; ++c)
        EXPECT_EQ(packed[size_t(m * 16 + 8 + h * 4 + c)],
                  expected[size_t((h * 3 + m) * 4 + c)]);
  // One float further and the last channel reaches into the next row.
  call.result.view.data = packed.data() + 9;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
}

TEST(ArtifactCall, BestVariantThatRunsIsTaken) {
  Call call(1, 1, 1, 2, 2);
  ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
  EXPECT_EQ(call.result.data, call.expected());
  ASSERT_EQ(call.run(sample::kernelWithFastVariant), SEXTANT_OK);
  EXPECT_NE(call.result.data, call.expected());
  call.launch.isa = SEXTANT_ISA_GENERIC;
  ASSERT_EQ(call.run(sample::kernelWithFastVariant), SEXTANT_OK);
  EXPECT_EQ(call.result.data, call.expected());
}

TEST(ArtifactCall, PoolGivesTheSameResult) {
  sextant_pool *pool = sextant_pool_create(3);
  ASSERT_TRUE(pool);
  Call call(3, 6, 3, 7, 9);
  call.launch.threads = sextant_pool_threads(pool);
  call.launch.parallel_for = sextant_pool_parallel_for;
  call.launch.pool = pool;
  for (int i = 0; i < 200; ++i) {
    std::fill(call.result.data.begin(), call.result.data.end(), 0.0f);
    ASSERT_EQ(call.run(), SEXTANT_OK) << call.message;
    ASSERT_EQ(call.result.data, call.expected());
  }
  sextant_pool_destroy(pool);
}

TEST(ArtifactWorkspace, FollowsFromTheShapesAlone) {
  Call call(2, 6, 3, 1, 1);
  for (DLTensor *view : {&call.query.view, &call.key.view, &call.positions.view,
                         &call.result.view})
    view->data = nullptr;
  size_t bytes = 0;
  ASSERT_EQ(call.workspaceBytes(&bytes), SEXTANT_OK) << call.message;
  EXPECT_EQ(bytes, 2u * 3 * 4 * sizeof(float));
  EXPECT_EQ(call.workspaceBytes(nullptr), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(call.message,
               "bytes: expected a place for the result, got null");
}

TEST(ArtifactShapes, FollowFromTheInputs) {
  Call call(2, 6, 3, 7, 11);
  std::vector<int64_t> shape(4, -1);
  call.result.view.shape = shape.data();
  call.result.view.data = nullptr;
  call.query.view.data = nullptr;
  ASSERT_EQ(call.shapes(), SEXTANT_OK) << call.message;
  EXPECT_EQ(shape, (std::vector<int64_t>{2, 6, 7, 4}));
}

TEST(ArtifactShapes, RefusesRoomOfAnotherRank) {
  Call call(2, 6, 3, 7, 11);
  std::vector<int64_t> shape(4, -1);
  call.result.view.shape = shape.data();
  call.result.view.ndim = 3;
  EXPECT_EQ(call.shapes(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(call.message,
               "'result': expected room for a shape of rank 4, got rank 3");
  EXPECT_EQ(shape, std::vector<int64_t>(4, -1));
  call.key.shape[1] = 4;
  EXPECT_EQ(call.shapes(), SEXTANT_INVALID_ARGUMENT);
}

} // namespace
