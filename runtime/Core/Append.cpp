// Rows behind the rows that a cache already holds.
#include "runtime/Core/Failure.h"

#include <algorithm>
#include <cstdint>

using namespace sextant::runtime;

namespace {

constexpr int kRank = 4;
enum Axis { Batch, Heads, Rows, Channels };
const char *const kAxisNames[kRank] = {"batch entries", "heads", "rows",
                                       "channels"};

/// A checked view of a tensor: extents, strides in bytes.
struct View {
  char *data;
  int64_t shape[kRank];
  int64_t strides[kRank];
  int64_t elementBytes;
  // The bytes from the first element to the end of the last; empty if there is
  // no element.
  uintptr_t begin, end;
};

std::string at(const char *name, const std::string &what) {
  return std::string(name) + ": " + what;
}

Failure makeView(const char *name, const DLTensor *tensor, View &view) {
  auto invalid = [&](const std::string &what) {
    return Failure::invalid(at(name, what));
  };
  if (!tensor)
    return invalid("expected a tensor, got null");
  if (tensor->device.device_type != kDLCPU)
    return invalid("expected a tensor on the CPU, got device type " +
                   std::to_string(tensor->device.device_type));
  if (tensor->ndim != kRank)
    return invalid(
        "expected 4 dimensions (batch, heads, rows, channels), got " +
        std::to_string(tensor->ndim));
  if (!tensor->shape)
    return invalid("expected a shape, got null");
  const DLDataType type = tensor->dtype;
  if (type.lanes != 1 || type.bits == 0 || type.bits % 8)
    return invalid("expected elements of whole bytes, got " +
                   std::to_string(type.bits) + " bits times " +
                   std::to_string(type.lanes));
  view.elementBytes = type.bits / 8;
  int64_t compact = view.elementBytes, span = view.elementBytes;
  bool empty = false;
  for (int axis = kRank - 1; axis >= 0; --axis) {
    const int64_t extent = tensor->shape[axis];
    if (extent < 0)
      return invalid("expected no negative extent, got " +
                     std::to_string(extent) + " " + kAxisNames[axis]);
    view.shape[axis] = extent;
    int64_t stride = compact;
    if (tensor->strides && __builtin_mul_overflow(tensor->strides[axis],
                                                  view.elementBytes, &stride))
      return invalid("expected strides within the address space");
    if (stride < 0)
      return invalid("expected no negative stride, got " +
                     std::to_string(tensor->strides[axis]));
    view.strides[axis] = stride;
    empty |= extent == 0;
    int64_t reach = 0;
    if (extent && (__builtin_mul_overflow(stride, extent - 1, &reach) ||
                   __builtin_add_overflow(span, reach, &span)))
      return invalid("expected extents within the address space");
    if (extent && __builtin_mul_overflow(compact, extent, &compact))
      return invalid("expected extents within the address space");
  }
  if (!tensor->data && !empty)
    return invalid("expected data, got null");
  view.data = static_cast<char *>(tensor->data) + tensor->byte_offset;
  view.begin = reinterpret_cast<uintptr_t>(view.data);
  view.end = view.begin + (empty ? 0 : static_cast<uintptr_t>(span));
  return Failure::none();
}

/// No two elements may lie in one place: with the axes in order of stride, each
/// steps over all that the smaller ones reach.
Failure checkDistinct(const View &cache) {
  int order[kRank] = {Batch, Heads, Rows, Channels};
  std::sort(order, order + kRank, [&](int a, int b) {
    return cache.strides[a] < cache.strides[b];
  });
  int64_t reach = 0;
  for (int axis : order) {
    if (cache.shape[axis] <= 1)
      continue;
    if (cache.strides[axis] < reach + cache.elementBytes)
      return Failure::invalid(at(
          "cache",
          std::string("expected ") + kAxisNames[axis] +
              " that do not overlap, got a stride of " +
              std::to_string(cache.strides[axis] / cache.elementBytes) +
              " where at least " +
              std::to_string(reach / cache.elementBytes + 1) + " is needed"));
    reach += (cache.shape[axis] - 1) * cache.strides[axis];
  }
  return Failure::none();
}

/// An element type as DLPack counts it: "code 2, 32 bits".
std::string spelled(DLDataType type) {
  return "code " + std::to_string(type.code) + ", " +
         std::to_string(type.bits) + " bits";
}

Failure checkLengths(const View &cache, const View &rows,
                     const int64_t *lengths, int32_t count) {
  if (!lengths)
    return Failure::invalid("lengths: expected numbers, got null");
  if (count != 1 && count != cache.shape[Batch])
    return Failure::invalid(
        "lengths: expected 1 or " + std::to_string(cache.shape[Batch]) +
        " (one a batch entry), got " + std::to_string(count));
  const int64_t capacity = cache.shape[Rows];
  for (int32_t i = 0; i < count; ++i) {
    const std::string which = "lengths[" + std::to_string(i) + "]";
    if (lengths[i] < 0 || lengths[i] > capacity)
      return Failure::invalid(
          which + ": expected a length within [0, " + std::to_string(capacity) +
          "], the capacity of the cache, got " + std::to_string(lengths[i]));
    if (rows.shape[Rows] > capacity - lengths[i])
      return Failure::invalid(
          which + ": expected room for " + std::to_string(rows.shape[Rows]) +
          " rows after " + std::to_string(lengths[i]) +
          " in a cache of capacity " + std::to_string(capacity) +
          "; make a larger cache or drop rows");
  }
  return Failure::none();
}

void copyRow(const View &rows, const View &cache, const char *from, char *to) {
  const int64_t channels = rows.shape[Channels];
  if (rows.strides[Channels] == rows.elementBytes &&
      cache.strides[Channels] == rows.elementBytes) {
    std::memcpy(to, from, static_cast<size_t>(channels * rows.elementBytes));
    return;
  }
  for (int64_t c = 0; c < channels; ++c)
    std::memcpy(to + c * cache.strides[Channels],
                from + c * rows.strides[Channels],
                static_cast<size_t>(rows.elementBytes));
}

Failure append(const DLTensor *rowsTensor, DLTensor *cacheTensor,
               int64_t *lengths, int32_t count) {
  View rows, cache;
  if (Failure failure = makeView("rows", rowsTensor, rows))
    return failure;
  if (Failure failure = makeView("cache", cacheTensor, cache))
    return failure;
  if (rowsTensor->dtype.code != cacheTensor->dtype.code ||
      rowsTensor->dtype.bits != cacheTensor->dtype.bits)
    return Failure::invalid("rows: expected elements of the cache's type (" +
                            spelled(cacheTensor->dtype) + "), got " +
                            spelled(rowsTensor->dtype) +
                            "; convert the rows first");
  for (int axis : {Batch, Heads, Channels})
    if (rows.shape[axis] != cache.shape[axis])
      return Failure::invalid(
          at("rows", "expected " + std::to_string(cache.shape[axis]) + " " +
                         kAxisNames[axis] + " like the cache, got " +
                         std::to_string(rows.shape[axis])));
  if (Failure failure = checkDistinct(cache))
    return failure;
  if (Failure failure = checkLengths(cache, rows, lengths, count))
    return failure;
  if (rows.begin < cache.end && cache.begin < rows.end)
    return Failure::invalid("rows: expected memory apart from the cache's");

  for (int64_t b = 0; b < rows.shape[Batch]; ++b)
    for (int64_t h = 0; h < rows.shape[Heads]; ++h)
      for (int64_t r = 0; r < rows.shape[Rows]; ++r) {
        const int64_t place = lengths[count == 1 ? 0 : b] + r;
        copyRow(rows, cache,
                rows.data + b * rows.strides[Batch] + h * rows.strides[Heads] +
                    r * rows.strides[Rows],
                cache.data + b * cache.strides[Batch] +
                    h * cache.strides[Heads] + place * cache.strides[Rows]);
      }
  for (int32_t i = 0; i < count; ++i)
    lengths[i] += rows.shape[Rows];
  return Failure::none();
}

} // namespace

sextant_status sextant_append(const DLTensor *rows, DLTensor *cache,
                              int64_t *lengths, int32_t n_lengths,
                              char *message, size_t message_bytes) {
  return report(message, message_bytes, [&]() -> Failure {
    return append(rows, cache, lengths, n_lengths);
  });
}
