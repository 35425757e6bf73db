// Every misuse of a kernel that its checker can see: the status, the message,
// and that no output was written. Numbers in names are rows of the catalogue of
// bad input in docs.
#include "test/Unit/Runtime/SampleKernel.h"

#include "gtest/gtest.h"

#include <climits>
#include <cstring>

using sample::Call;

namespace {

/// One legal call, B=2 H=4 G=2 M=3 N=5, that a test then spoils.
class ArtifactMisuse : public ::testing::Test {
protected:
  Call call{2, 4, 2, 3, 5};

  void expectRefused(const std::string &message,
                     sextant_status status = SEXTANT_INVALID_ARGUMENT) {
    EXPECT_EQ(call.run(), status);
    EXPECT_EQ(call.message, message);
    EXPECT_TRUE(call.isUntouched());
  }
};

TEST_F(ArtifactMisuse, TheCallItselfIsLegal) {
  EXPECT_EQ(call.run(), SEXTANT_OK) << call.message;
  EXPECT_FALSE(call.isUntouched());
}

// ---- Tables ----------------------------------------------------------------

TEST_F(ArtifactMisuse, NumberOfInputs) {
  call.in.pop_back();
  expectRefused("number of inputs: expected 3, got 2");
}

TEST_F(ArtifactMisuse, NumberOfOutputs) {
  call.out.push_back(&call.result.view);
  expectRefused("number of outputs: expected 1, got 2");
}

TEST_F(ArtifactMisuse, NullTables) {
  EXPECT_EQ(sextant_artifact_call(&sample::kernel, nullptr, 3, call.out.data(),
                                  1, &call.launch),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(call.message, "number of inputs: table is null");
  EXPECT_EQ(sextant_artifact_call(&sample::kernel, call.in.data(), 3, nullptr,
                                  1, &call.launch),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(call.message, "number of outputs: table is null");
}

TEST_F(ArtifactMisuse, NullTensor) {
  call.in[1] = nullptr;
  expectRefused("'key': tensor is null");
}

// ---- Types and extents -----------------------------------------------------

TEST_F(ArtifactMisuse, Row41NullData) {
  call.query.view.data = nullptr;
  expectRefused("'query': data is null but 96 elements expected");
}

TEST_F(ArtifactMisuse, Row42Rank) {
  call.key.view.ndim = 3;
  expectRefused("'key' rank: expected 4, got 3");
}

TEST_F(ArtifactMisuse, Row42NullShape) {
  call.key.view.shape = nullptr;
  expectRefused("'key': shape is null");
}

TEST_F(ArtifactMisuse, Row42StaticExtent) {
  call.query.shape[3] = 5;
  expectRefused("'query' dim 3: expected 4, got 5");
}

TEST_F(ArtifactMisuse, Row42SymbolOfTwoTensors) {
  call.positions.shape[1] = 4;
  expectRefused("'positions' dim 1: expected N = 5 as in 'key' dim 2, got 4");
}

TEST_F(ArtifactMisuse, Row42OutputExtent) {
  call.result.shape[2] = 2;
  expectRefused("'result' dim 2: expected M = 3 as in 'query' dim 2, got 2");
}

TEST_F(ArtifactMisuse, Row42Type) {
  call.query.view.dtype.code = kDLInt;
  expectRefused("'query': expected dtype f32, got i32");
  call.query.view.dtype = {kDLBfloat, 16, 1};
  expectRefused("'query': expected dtype f32, got bf16");
}

TEST_F(ArtifactMisuse, Row43Device) {
  call.query.view.device = {kDLCUDA, 1};
  expectRefused("'query': expected a tensor on cpu, got cuda:1");
}

TEST_F(ArtifactMisuse, Row44LanesAndBits) {
  call.query.view.dtype.lanes = 2;
  expectRefused("'query': expected dtype f32, got f32 with lanes 2");
  call.query.view.dtype = {kDLFloat, 64, 1};
  expectRefused("'query': expected dtype f32, got f64");
}

TEST_F(ArtifactMisuse, NegativeAndHugeExtents) {
  call.query.shape[2] = -1;
  expectRefused("'query' dim 2: expected an extent from 0 to 1099511627776, "
                "got -1");
  call.query.shape[2] = INT64_MAX;
  expectRefused("'query' dim 2: expected an extent from 0 to 1099511627776, "
                "got 9223372036854775807");
}

TEST_F(ArtifactMisuse, HeadsMustBeAMultiple) {
  Call odd(1, 4, 3, 1, 1);
  EXPECT_EQ(odd.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(odd.message, "expected a multiple of G = 3 ('key' dim 1), got "
                            "H = 4 ('query' dim 1)");
  Call none(1, 4, 0, 1, 1);
  EXPECT_EQ(none.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(none.message,
               "expected a positive extent, got G = 0 ('key' dim 1)");
  Call empty(1, 0, 0, 1, 1);
  EXPECT_EQ(empty.run(), SEXTANT_OK) << empty.message;
}

// ---- Strides and addresses -------------------------------------------------

TEST_F(ArtifactMisuse, Row46NegativeInputStride) {
  call.query.setStrides({48, 12, -4, 1});
  expectRefused("'query' stride 2: expected 0 or more, got -4");
}

TEST_F(ArtifactMisuse, Row46OutputStrides) {
  call.result.setStrides({48, 0, 4, 1});
  expectRefused("'result' stride 1: output strides must be positive and "
                "non-overlapping: expected at least 1, got 0");
  call.result.setStrides({48, 11, 4, 1});
  expectRefused("'result' stride 1: output strides must be positive and "
                "non-overlapping: expected at least 12, got 11");
}

TEST_F(ArtifactMisuse, Row47UnitStride) {
  call.key.setStrides({40, 20, 4, 2});
  expectRefused("'key' stride 3: expected 1, got 2; make the last dimension "
                "contiguous",
                SEXTANT_UNSUPPORTED);
}

TEST_F(ArtifactMisuse, Row48Misaligned) {
  call.query.view.byte_offset = 2;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(call.message)
                .rfind("'query': expected an address aligned to 4 bytes, got "
                       "0x",
                       0),
            0u)
      << call.message;
  EXPECT_TRUE(call.isUntouched());
}

TEST_F(ArtifactMisuse, Row49OutputOverlapsInput) {
  call.result.view.data = call.query.view.data;
  expectRefused("output 'result' overlaps 'query': expected memory of its own");
}

TEST_F(ArtifactMisuse, Row49OutputOverlapsByOneElement) {
  std::vector<float> both(96 + 95);
  call.query.view.data = both.data();
  call.result.view.data = both.data() + 95;
  expectRefused("output 'result' overlaps 'query': expected memory of its own");
  both.resize(192);
  call.query.view.data = both.data();
  call.result.view.data = both.data() + 96;
  EXPECT_EQ(call.run(), SEXTANT_OK) << call.message;
}

TEST_F(ArtifactMisuse, WorkspaceOverlapsAnArgument) {
  call.launch.workspace =
      reinterpret_cast<void *>((uintptr_t(call.query.data.data()) + 63) & ~63);
  call.launch.workspace_bytes = 64;
  expectRefused("workspace overlaps 'query': expected memory of its own");
}

TEST_F(ArtifactMisuse, Row53SizeOverflow) {
  for (sample::Tensor<float> *tensor : {&call.query, &call.result})
    tensor->shape[2] = int64_t(1) << 40;
  call.query.shape[1] = call.result.shape[1] = int64_t(1) << 40;
  expectRefused("'query': size overflow: expected at most 140737488355328 "
                "bytes");
}

TEST_F(ArtifactMisuse, Row53BroadcastCannotHideAnOverflow) {
  call.query.shape[2] = int64_t(1) << 40;
  call.query.shape[1] = int64_t(1) << 20;
  call.query.setStrides({0, 0, 0, 1});
  expectRefused("'query': size overflow: expected at most 140737488355328 "
                "bytes");
}

TEST_F(ArtifactMisuse, Row53StrideOverflow) {
  call.query.setStrides({INT64_MAX, 12, 4, 1});
  expectRefused("'query': size overflow: expected at most 140737488355328 "
                "bytes");
}

TEST_F(ArtifactMisuse, Row53AddressOverflow) {
  call.query.view.byte_offset = UINT64_MAX - 3;
  expectRefused("'query': size overflow: expected at most 140737488355328 "
                "bytes");
}

// ---- Contents --------------------------------------------------------------

TEST_F(ArtifactMisuse, Row58PositionOutOfRange) {
  call.positions.data[7] = (1 << 24) + 1;
  expectRefused("'positions' element [1, 2] is out of the supported range: "
                "expected -16777216 to 16777216, got 16777217");
  call.positions.data[7] = -(1 << 24);
  call.positions.data[8] = 1 << 24;
  EXPECT_EQ(call.run(), SEXTANT_OK) << call.message;
  call.positions.data[7] = INT_MIN;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
}

// ---- Launch ----------------------------------------------------------------

TEST_F(ArtifactMisuse, LaunchOfAnotherLayout) {
  call.launch.struct_size -= 8;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  call.launch.struct_size += 8;
  call.launch.abi = SEXTANT_ABI_VERSION + 1;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  // Its message pointer cannot be trusted.
  EXPECT_STREQ(call.message, "untouched");
  EXPECT_TRUE(call.isUntouched());
}

TEST_F(ArtifactMisuse, LaterLaunchMayBeLonger) {
  call.launch.struct_size += 8;
  EXPECT_EQ(call.run(), SEXTANT_OK) << call.message;
}

TEST_F(ArtifactMisuse, Threads) {
  call.launch.threads = 0;
  expectRefused("launch.threads: expected 1 to 4096, got 0");
  call.launch.threads = 100000;
  expectRefused("launch.threads: expected 1 to 4096, got 100000");
}

TEST_F(ArtifactMisuse, StreamOnCpu) {
  call.launch.stream = &call;
  expectRefused("launch.stream: expected null for a cpu kernel");
}

TEST_F(ArtifactMisuse, UnknownIsa) {
  call.launch.isa = 77;
  expectRefused("launch.isa: expected 0 or one of x86-64-v4 (3), generic (1), "
                "got 77",
                SEXTANT_UNSUPPORTED);
}

TEST_F(ArtifactMisuse, IsaThisCpuLacks) {
  call.launch.isa = SEXTANT_ISA_X86_64_V4;
  expectRefused("this cpu cannot run isa x86-64-v4: it lacks feature bits "
                "0x40000000",
                SEXTANT_UNSUPPORTED);
}

TEST_F(ArtifactMisuse, Row66Workspace) {
  call.launch.workspace_bytes = 63;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(call.message)
                .rfind("workspace: expected 64 bytes aligned to 64, got 63 "
                       "bytes at 0x",
                       0),
            0u)
      << call.message;
  call.launch.workspace_bytes = 64;
  EXPECT_EQ(call.run(), SEXTANT_OK) << call.message;
  call.launch.workspace = call.workspace + 32;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  call.launch.workspace = nullptr;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(call.message,
               "workspace: expected 64 bytes aligned to 64, got null");
}

TEST_F(ArtifactMisuse, MessageIsCutOff) {
  char small[8];
  std::memset(small, 'x', sizeof(small));
  call.launch.message = small;
  call.launch.message_bytes = 5;
  call.launch.threads = 0;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(small, "laun");
  EXPECT_EQ(small[5], 'x');
  call.launch.message_bytes = 0;
  EXPECT_EQ(call.run(), SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(small, "laun");
}

// ---- A parallel_for that breaks its contract -------------------------------

TEST_F(ArtifactMisuse, ParallelForThatSkipsATask) {
  call.launch.threads = 2;
  call.launch.parallel_for = [](void *, int64_t n, sextant_task task,
                                void *ctx) {
    for (int64_t i = 1; i < n; ++i)
      task(ctx, i, 0);
    return 0;
  };
  EXPECT_EQ(call.run(), SEXTANT_INTERNAL);
  EXPECT_STREQ(call.message,
               "launch.parallel_for broke its contract: returned 0, ran 3 of 4 "
               "tasks, 0 with an index or thread out of range");
}

TEST_F(ArtifactMisuse, ParallelForWithAThreadOutOfRange) {
  call.launch.threads = 2;
  call.launch.parallel_for = [](void *, int64_t n, sextant_task task,
                                void *ctx) {
    for (int64_t i = 0; i < n; ++i)
      task(ctx, i, int32_t(i));
    return 0;
  };
  EXPECT_EQ(call.run(), SEXTANT_INTERNAL);
  EXPECT_STREQ(call.message,
               "launch.parallel_for broke its contract: returned 0, ran 2 of 4 "
               "tasks, 2 with an index or thread out of range");
}

TEST_F(ArtifactMisuse, ParallelForWithAnIndexOutOfRange) {
  call.launch.threads = 2;
  call.launch.parallel_for = [](void *, int64_t n, sextant_task task,
                                void *ctx) {
    for (int64_t i = -1; i <= n; ++i)
      task(ctx, i, 0);
    task(ctx, 0, -1);
    return 0;
  };
  EXPECT_EQ(call.run(), SEXTANT_INTERNAL);
  EXPECT_STREQ(call.message,
               "launch.parallel_for broke its contract: returned 0, ran 4 of 4 "
               "tasks, 3 with an index or thread out of range");
}

TEST_F(ArtifactMisuse, ParallelForThatFails) {
  call.launch.threads = 2;
  call.launch.parallel_for = [](void *, int64_t, sextant_task, void *) {
    return 11;
  };
  EXPECT_EQ(call.run(), SEXTANT_INTERNAL);
  EXPECT_TRUE(call.isUntouched());
}

} // namespace
