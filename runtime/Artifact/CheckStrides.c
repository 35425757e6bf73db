/* Checks strides, sizes and addresses of one tensor and turns them into a
   memref descriptor. */
#include "runtime/Artifact/Say.h"

/* Sizes in bytes stop far below 2^63, so that no sum of a few of them in
   generated code can wrap. */
static const int64_t maxBytes = (int64_t)1 << 47;

static sextant_status overflow(sextant_call *call, int32_t arg) {
  sayName(call, arg);
  say(call, ": size overflow: expected at most ");
  sayNumber(call, maxBytes);
  say(call, " bytes");
  return SEXTANT_INVALID_ARGUMENT;
}

/* Writes the strides of the descriptor. A dimension of at most one element is
   given the stride of a compact tensor, whatever the caller wrote there, so
   that generated code may ask "is this compact" without special cases. */
static sextant_status readStrides(sextant_call *call, int32_t arg,
                                  const DLTensor *tensor) {
  int64_t *sizes = call->descriptors[arg].values;
  int64_t *strides = sizes + tensor->ndim;
  int64_t compact = 1;
  for (int32_t d = tensor->ndim - 1; d >= 0; --d) {
    strides[d] = tensor->strides && sizes[d] > 1 ? tensor->strides[d] : compact;
    if (strides[d] < 0) {
      sayName(call, arg);
      say(call, " stride ");
      sayNumber(call, d);
      say(call, ": expected 0 or more, got ");
      sayNumber(call, strides[d]);
      return SEXTANT_INVALID_ARGUMENT;
    }
    const int64_t extent = sizes[d] > 1 ? sizes[d] : 1;
    if (__builtin_mul_overflow(strides[d], extent, &compact) ||
        compact > maxBytes)
      return overflow(call, arg);
  }
  const int32_t last = tensor->ndim - 1;
  if ((call->kernel->args[arg].flags & SEXTANT_ARG_UNIT_STRIDE) && last >= 0 &&
      strides[last] != 1) {
    sayName(call, arg);
    say(call, " stride ");
    sayNumber(call, last);
    say(call, ": expected 1, got ");
    sayNumber(call, strides[last]);
    say(call, "; make the last dimension contiguous");
    return SEXTANT_UNSUPPORTED;
  }
  return SEXTANT_OK;
}

/* Checks that no two indices of an output reach the same element: with the
   dimensions in order of stride, every stride steps over all that the smaller
   ones reach. */
static sextant_status checkInjective(sextant_call *call, int32_t arg) {
  const int32_t rank = call->kernel->args[arg].rank;
  const int64_t *sizes = call->descriptors[arg].values;
  const int64_t *strides = sizes + rank;
  int32_t order[SEXTANT_MAX_RANK];
  for (int32_t d = 0; d < rank; ++d) {
    int32_t at = d;
    for (; at > 0 && strides[order[at - 1]] > strides[d]; --at)
      order[at] = order[at - 1];
    order[at] = d;
  }
  int64_t reach = 0;
  for (int32_t i = 0; i < rank; ++i) {
    const int32_t d = order[i];
    if (sizes[d] <= 1)
      continue;
    if (strides[d] <= reach) {
      sayName(call, arg);
      say(call, " stride ");
      sayNumber(call, d);
      say(call, ": output strides must be positive and non-overlapping: "
                "expected at least ");
      sayNumber(call, reach + 1);
      say(call, ", got ");
      sayNumber(call, strides[d]);
      return SEXTANT_INVALID_ARGUMENT;
    }
    reach += (sizes[d] - 1) * strides[d];
  }
  return SEXTANT_OK;
}

/* Checks the data pointer and notes the bytes the tensor touches. */
static sextant_status readData(sextant_call *call, int32_t arg,
                               const DLTensor *tensor, int look) {
  const int64_t bytes = call->kernel->args[arg].dtype_bits / 8;
  sextant_descriptor *descriptor = &call->descriptors[arg];
  int64_t elements = 1, reach = 0;
  for (int32_t d = 0; d < tensor->ndim; ++d)
    if (descriptor->values[d] == 0)
      elements = 0;
  for (int32_t d = 0; elements && d < tensor->ndim; ++d) {
    const int64_t extent = descriptor->values[d];
    const int64_t stride = descriptor->values[tensor->ndim + d];
    /* stride * extent is at most maxBytes: readStrides saw to it. */
    reach += (extent - 1) * stride;
    if (__builtin_mul_overflow(elements, extent, &elements) ||
        elements > maxBytes / bytes || reach > maxBytes / bytes)
      return overflow(call, arg);
  }
  descriptor->offset = 0;
  descriptor->allocated = descriptor->aligned = NULL;
  call->spans[arg].begin = call->spans[arg].end = 0;
  if (!look)
    return SEXTANT_OK;
  if (!tensor->data) {
    if (!elements)
      return SEXTANT_OK;
    sayName(call, arg);
    say(call, ": data is null but ");
    sayNumber(call, elements);
    return refuse(call, " elements expected");
  }
  uintptr_t begin, end;
  if (__builtin_add_overflow((uintptr_t)tensor->data, tensor->byte_offset,
                             &begin) ||
      __builtin_add_overflow(begin, (uintptr_t)((reach + 1) * bytes), &end))
    return overflow(call, arg);
  if (begin % (uintptr_t)bytes) {
    sayName(call, arg);
    say(call, ": expected an address aligned to ");
    sayNumber(call, bytes);
    say(call, " bytes, got ");
    sayHex(call, begin);
    return SEXTANT_INVALID_ARGUMENT;
  }
  descriptor->allocated = tensor->data;
  descriptor->aligned = (void *)begin;
  if (elements) {
    call->spans[arg].begin = begin;
    call->spans[arg].end = end;
  }
  return SEXTANT_OK;
}

sextant_status sextant_check_memory(sextant_call *call, int32_t arg,
                                    const DLTensor *tensor, sextant_look look) {
  const int isOutput = arg >= call->kernel->n_in;
  sextant_status status;
  if ((status = readStrides(call, arg, tensor)) ||
      (status = readData(call, arg, tensor, look == SEXTANT_LOOK_AT_DATA)))
    return status;
  return isOutput ? checkInjective(call, arg) : SEXTANT_OK;
}
