// A small kernel written by hand against runtime/Artifact/Kernel.h, and tensors
// to call it with.
//
// result[b, h, m, c] = query[b, h, m, c]
//                    + sum over n of key[b, h / (H / G), n, c] * positions[b,
//                    n]
//
// Phase 0 sums the keys into the workspace, phase 1 adds: it needs the barrier,
// the workspace and the strides of all its arguments.
#ifndef SEXTANT_TEST_UNIT_RUNTIME_SAMPLEKERNEL_H
#define SEXTANT_TEST_UNIT_RUNTIME_SAMPLEKERNEL_H

#include "runtime/Artifact/Kernel.h"

#include <string>
#include <vector>

namespace sample {

constexpr int64_t channels = 4;

/// Variants: x86-64-v4 demands a feature no CPU has, generic demands nothing.
extern const sextant_kernel kernel;
/// As `kernel`, but the first variant (x86-64-v3) runs everywhere; it subtracts
/// the query instead of adding it.
extern const sextant_kernel kernelWithFastVariant;

/// A tensor and the memory it lies in.
template <typename T> struct Tensor {
  std::vector<T> data;
  std::vector<int64_t> shape, strides;
  DLTensor view = {};

  /// Compact, every element `value`.
  Tensor(std::vector<int64_t> extents, DLDataTypeCode code, T value = T()) {
    shape = std::move(extents);
    int64_t elements = 1;
    for (int64_t extent : shape)
      elements *= extent;
    data.assign(size_t(elements), value);
    view.data = data.data();
    view.device = {kDLCPU, 0};
    view.ndim = int32_t(shape.size());
    view.dtype = {uint8_t(code), uint8_t(8 * sizeof(T)), 1};
    view.shape = shape.data();
  }
  Tensor(const Tensor &) = delete;

  void setStrides(std::vector<int64_t> values) {
    strides = std::move(values);
    view.strides = strides.data();
  }
};

/// The arguments of one call, filled with distinct numbers, and its launch.
struct Call {
  Tensor<float> query, key;
  Tensor<int32_t> positions;
  Tensor<float> result;
  std::vector<const DLTensor *> in;
  std::vector<DLTensor *> out;
  alignas(64) char workspace[4096];
  char message[512] = "untouched";
  sextant_launch launch = SEXTANT_LAUNCH_INIT;

  Call(int64_t B, int64_t H, int64_t G, int64_t M, int64_t N);

  sextant_status run(const sextant_kernel &which = kernel);
  sextant_status workspaceBytes(size_t *bytes);
  sextant_status shapes();

  /// What `result` should be, from the definition above.
  std::vector<float> expected() const;
  /// Whether no element of `result` has been written.
  bool isUntouched() const;
};

} // namespace sample

#endif // SEXTANT_TEST_UNIT_RUNTIME_SAMPLEKERNEL_H
