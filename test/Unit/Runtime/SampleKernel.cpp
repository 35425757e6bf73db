// The hand-written kernel and its arguments.
#include "test/Unit/Runtime/SampleKernel.h"

namespace sample {
namespace {

constexpr float untouched = -777.0f;

/// MLIR's memref descriptor, as generated code sees it.
template <typename T, int rank> struct Memref {
  T *allocated, *aligned;
  int64_t offset, sizes[rank], strides[rank];
};

const Memref<float, 4> &query(const sextant_frame *frame) {
  return *static_cast<const Memref<float, 4> *>(frame->args[0]);
}
const Memref<float, 4> &key(const sextant_frame *frame) {
  return *static_cast<const Memref<float, 4> *>(frame->args[1]);
}
const Memref<int32_t, 2> &positions(const sextant_frame *frame) {
  return *static_cast<const Memref<int32_t, 2> *>(frame->args[2]);
}
const Memref<float, 4> &result(const sextant_frame *frame) {
  return *static_cast<const Memref<float, 4> *>(frame->args[3]);
}
float *sums(const sextant_frame *frame) {
  return reinterpret_cast<float *>(
      static_cast<const Memref<char, 1> *>(frame->args[4])->aligned);
}

template <typename T>
T &at(const Memref<T, 4> &m, int64_t a, int64_t b, int64_t c, int64_t d) {
  return m.aligned[m.offset + a * m.strides[0] + b * m.strides[1] +
                   c * m.strides[2] + d * m.strides[3]];
}

int64_t workspace(const sextant_frame *frame) {
  return key(frame).sizes[0] * key(frame).sizes[1] * channels *
         int64_t(sizeof(float));
}

int64_t sumTasks(const sextant_frame *frame) {
  return key(frame).sizes[0] * key(frame).sizes[1];
}

void sumRun(const sextant_frame *frame, int64_t task, int64_t) {
  const int64_t groups = key(frame).sizes[1];
  const int64_t b = task / groups, g = task % groups;
  const auto &weights = positions(frame);
  for (int64_t c = 0; c < channels; ++c) {
    float sum = 0;
    for (int64_t n = 0; n < key(frame).sizes[2]; ++n)
      sum +=
          at(key(frame), b, g, n, c) *
          float(
              weights.aligned[b * weights.strides[0] + n * weights.strides[1]]);
    sums(frame)[task * channels + c] = sum;
  }
}

int64_t addTasks(const sextant_frame *frame) {
  return query(frame).sizes[0] * query(frame).sizes[1];
}

template <int sign>
void addRun(const sextant_frame *frame, int64_t task, int64_t) {
  const auto &q = query(frame);
  const int64_t heads = q.sizes[1], groups = key(frame).sizes[1];
  const int64_t b = task / heads, h = task % heads;
  const float *sum =
      sums(frame) + (b * groups + h / (heads / groups)) * channels;
  for (int64_t m = 0; m < q.sizes[2]; ++m)
    for (int64_t c = 0; c < channels; ++c)
      at(result(frame), b, h, m, c) = sign * at(q, b, h, m, c) + sum[c];
}

enum Symbol { B, H, M, G, N };
const char *const symbolNames[] = {"B", "H", "M", "G", "N"};

constexpr sextant_dim symbol(int id) { return {SEXTANT_DIM_SYMBOL, id, 0}; }
constexpr sextant_dim fixed(int64_t extent) {
  return {SEXTANT_DIM_STATIC, 0, extent};
}

const sextant_dim queryDims[] = {symbol(B), symbol(H), symbol(M),
                                 fixed(channels)};
const sextant_dim keyDims[] = {symbol(B), symbol(G), symbol(N),
                               fixed(channels)};
const sextant_dim positionDims[] = {symbol(B), symbol(N)};

constexpr int64_t maxPosition = 1 << 24;
const sextant_arg arguments[] = {
    {"query", queryDims, 4, 0, kDLFloat, 32, 0, 0},
    {"key", keyDims, 4, SEXTANT_ARG_UNIT_STRIDE, kDLFloat, 32, 0, 0},
    {"positions", positionDims, 2, SEXTANT_ARG_BOUNDED, kDLInt, 32,
     -maxPosition, maxPosition},
    {"result", queryDims, 4, 0, kDLFloat, 32, 0, 0}};

const sextant_relation relations[] = {
    {SEXTANT_RELATION_MULTIPLE, 0, symbol(H), symbol(G)}};

const sextant_phase genericPhases[] = {{sumTasks, sumRun},
                                       {addTasks, addRun<1>}};
const sextant_phase fastPhases[] = {{sumTasks, sumRun}, {addTasks, addRun<-1>}};

constexpr uint32_t noSuchFeature = 1u << 30;
const sextant_variant variants[] = {
    {SEXTANT_ISA_X86_64_V4, noSuchFeature, "x86-64-v4", 2, 0, fastPhases,
     workspace},
    {SEXTANT_ISA_GENERIC, 0, "generic", 2, 0, genericPhases, workspace}};
const sextant_variant fastVariants[] = {
    {SEXTANT_ISA_X86_64_V3, 0, "x86-64-v3", 2, 0, fastPhases, workspace},
    {SEXTANT_ISA_GENERIC, 0, "generic", 2, 0, genericPhases, workspace}};

} // namespace

const sextant_kernel kernel = {
    SEXTANT_KERNEL_ABI, 3,         1,        5, "sample", arguments,
    symbolNames,        relations, variants, 1, 2};
const sextant_kernel kernelWithFastVariant = {
    SEXTANT_KERNEL_ABI, 3, 1, 5, "sample", arguments, symbolNames, relations,
    fastVariants,       1, 2};

Call::Call(int64_t B, int64_t H, int64_t G, int64_t M, int64_t N)
    : query({B, H, M, channels}, kDLFloat), key({B, G, N, channels}, kDLFloat),
      positions({B, N}, kDLInt),
      result({B, H, M, channels}, kDLFloat, untouched),
      in{&query.view, &key.view, &positions.view}, out{&result.view} {
  for (size_t i = 0; i < query.data.size(); ++i)
    query.data[i] = float(i % 97);
  for (size_t i = 0; i < key.data.size(); ++i)
    key.data[i] = float(i % 13) - 5.0f;
  for (size_t i = 0; i < positions.data.size(); ++i)
    positions.data[i] = int32_t(i % 5) - 1;
  launch.workspace = workspace;
  launch.workspace_bytes = sizeof(workspace);
  launch.message = message;
  launch.message_bytes = sizeof(message);
}

sextant_status Call::run(const sextant_kernel &which) {
  return sextant_artifact_call(&which, in.data(), int32_t(in.size()),
                               out.data(), int32_t(out.size()), &launch);
}

sextant_status Call::workspaceBytes(size_t *bytes) {
  return sextant_artifact_workspace(&kernel, in.data(), int32_t(in.size()),
                                    out.data(), int32_t(out.size()), &launch,
                                    bytes);
}

sextant_status Call::shapes() {
  return sextant_artifact_shapes(&kernel, in.data(), int32_t(in.size()),
                                 out.data(), int32_t(out.size()), &launch);
}

std::vector<float> Call::expected() const {
  const int64_t B = query.shape[0], H = query.shape[1], M = query.shape[2];
  const int64_t G = key.shape[1], N = key.shape[2];
  std::vector<float> values;
  for (int64_t b = 0; b < B; ++b)
    for (int64_t h = 0; h < H; ++h)
      for (int64_t m = 0; m < M; ++m)
        for (int64_t c = 0; c < channels; ++c) {
          float sum = 0;
          for (int64_t n = 0; n < N; ++n)
            sum += key.data[size_t(((b * G + h / (H / G)) * N + n) * channels +
                                   c)] *
                   float(positions.data[size_t(b * N + n)]);
          values.push_back(
              query.data[size_t(((b * H + h) * M + m) * channels + c)] + sum);
        }
  return values;
}

bool Call::isUntouched() const {
  for (float value : result.data)
    if (value != untouched)
      return false;
  return true;
}

} // namespace sample
