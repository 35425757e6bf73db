/* Checks what needs the addresses and contents of tensors: overlap and ranges
   of integer inputs. */
#include "runtime/Artifact/Say.h"

static int32_t countArguments(const sextant_call *call) {
  return call->kernel->n_in + call->kernel->n_out;
}

/* ---- Overlap ------------------------------------------------------------ */

/* If all addresses of argument `arg`, modulo `pitch` bytes, lie in one interval
   no longer than the pitch, returns its length; else 0. */
static int64_t lengthModulo(const sextant_call *call, int32_t arg,
                            int64_t pitch) {
  const sextant_arg *want = &call->kernel->args[arg];
  const int64_t bytes = want->dtype_bits / 8;
  const int64_t *sizes = call->descriptors[arg].values;
  int64_t length = bytes;
  for (int32_t d = 0; d < want->rank; ++d) {
    const int64_t stride = sizes[want->rank + d] * bytes;
    if (sizes[d] > 1 && stride % pitch)
      length += (sizes[d] - 1) * stride;
  }
  return length <= pitch ? length : 0;
}

/* Two views of one buffer, such as the heads of a packed projection, interleave
   without sharing a byte: true where some stride of `left` proves that. */
static int interleave(const sextant_call *call, int32_t left, int32_t right) {
  const sextant_arg *want = &call->kernel->args[left];
  const int64_t *sizes = call->descriptors[left].values;
  for (int32_t d = 0; d < want->rank; ++d) {
    const int64_t pitch = sizes[want->rank + d] * (want->dtype_bits / 8);
    if (sizes[d] <= 1 || pitch <= 0)
      continue;
    const int64_t leftLength = lengthModulo(call, left, pitch);
    const int64_t rightLength = lengthModulo(call, right, pitch);
    if (!leftLength || !rightLength)
      continue;
    const uintptr_t p = (uintptr_t)pitch;
    const uintptr_t leftAt = call->spans[left].begin % p;
    const uintptr_t rightAt = call->spans[right].begin % p;
    if ((rightAt + p - leftAt) % p >= (uintptr_t)leftLength &&
        (leftAt + p - rightAt) % p >= (uintptr_t)rightLength)
      return 1;
  }
  return 0;
}

static int overlap(sextant_span left, sextant_span right) {
  return left.begin < left.end && right.begin < right.end &&
         left.begin < right.end && right.begin < left.end;
}

static sextant_status refuseOverlap(sextant_call *call, int32_t other) {
  say(call, " overlaps ");
  sayName(call, other);
  say(call, ": expected memory of its own");
  return SEXTANT_INVALID_ARGUMENT;
}

sextant_status sextant_check_overlap(sextant_call *call, int withWorkspace) {
  const int32_t count = countArguments(call);
  const int32_t n_in = call->kernel->n_in;
  for (int32_t out = n_in; out < count; ++out)
    for (int32_t other = 0; other < count; ++other) {
      /* Two outputs are compared once. */
      if (other >= n_in && other <= out)
        continue;
      if (overlap(call->spans[out], call->spans[other]) &&
          !interleave(call, out, other) && !interleave(call, other, out)) {
        say(call, "output ");
        sayName(call, out);
        return refuseOverlap(call, other);
      }
    }
  for (int32_t other = 0; withWorkspace && other < count; ++other)
    if (overlap(call->spans[count], call->spans[other])) {
      say(call, "workspace");
      return refuseOverlap(call, other);
    }
  return SEXTANT_OK;
}

/* ---- Ranges of integer inputs ------------------------------------------- */

static int64_t readInteger(const char *at, int32_t bits) {
  switch (bits) {
  case 8:
    return *(const int8_t *)at;
  case 16:
    return *(const int16_t *)at;
  case 32:
    return *(const int32_t *)at;
  default:
    return *(const int64_t *)at;
  }
}

static sextant_status checkBounds(sextant_call *call, int32_t arg) {
  const sextant_arg *want = &call->kernel->args[arg];
  const sextant_descriptor *descriptor = &call->descriptors[arg];
  const int64_t *sizes = descriptor->values;
  const int64_t *strides = sizes + want->rank;
  int64_t index[SEXTANT_MAX_RANK];
  int64_t at = 0;
  for (int32_t d = 0; d < want->rank; ++d) {
    index[d] = 0;
    if (!sizes[d])
      return SEXTANT_OK;
  }
  for (;;) {
    const int64_t value = readInteger((const char *)descriptor->aligned +
                                          at * (want->dtype_bits / 8),
                                      want->dtype_bits);
    if (value < want->low || value > want->high) {
      sayName(call, arg);
      say(call, " element [");
      for (int32_t d = 0; d < want->rank; ++d) {
        say(call, d ? ", " : "");
        sayNumber(call, index[d]);
      }
      say(call, "] is out of the supported range: expected ");
      sayNumber(call, want->low);
      say(call, " to ");
      sayNumber(call, want->high);
      say(call, ", got ");
      sayNumber(call, value);
      return SEXTANT_INVALID_ARGUMENT;
    }
    /* The next index, last dimension fastest. */
    int32_t d = want->rank - 1;
    for (; d >= 0; --d) {
      at += strides[d];
      if (++index[d] < sizes[d])
        break;
      at -= strides[d] * sizes[d];
      index[d] = 0;
    }
    if (d < 0)
      return SEXTANT_OK;
  }
}

sextant_status sextant_check_bounds(sextant_call *call) {
  for (int32_t i = 0; i < call->kernel->n_in; ++i)
    if (call->kernel->args[i].flags & SEXTANT_ARG_BOUNDED) {
      const sextant_status status = checkBounds(call, i);
      if (status)
        return status;
    }
  return SEXTANT_OK;
}
