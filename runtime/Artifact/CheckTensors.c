/* Checks the launch and every tensor of a call: types, extents, strides,
   pointers, and what must hold between extents. */
#include "runtime/Artifact/Check.h"

_Static_assert(sizeof(sextant_dim) == 16, "layout");
_Static_assert(sizeof(sextant_arg) == 48, "layout");
_Static_assert(sizeof(sextant_relation) == 40, "layout");
_Static_assert(sizeof(sextant_frame) == 16, "layout");
_Static_assert(sizeof(sextant_phase) == 16, "layout");
_Static_assert(sizeof(sextant_variant) == 40, "layout");
_Static_assert(sizeof(sextant_kernel) == 64, "layout");

/* Extents and byte counts stop far below 2^63, so that no sum or product of a
   few of them in generated code can wrap. */
static const int64_t maxExtent = (int64_t)1 << 40;
static const int64_t maxBytes = (int64_t)1 << 47;

static void say(sextant_call *call, const char *text) {
  sextant_message_text(&call->message, text);
}

static void sayNumber(sextant_call *call, int64_t number) {
  sextant_message_number(&call->message, number);
}

static void sayName(sextant_call *call, int32_t arg) {
  say(call, "'");
  say(call, call->kernel->args[arg].name);
  say(call, "'");
}

static void sayDim(sextant_call *call, int32_t arg, int32_t dim) {
  sayName(call, arg);
  say(call, " dim ");
  sayNumber(call, dim);
}

/* Ends a message that began with the object: ": expected <e>, got <g>". */
static sextant_status mismatch(sextant_call *call, int64_t expected,
                               int64_t got) {
  say(call, "expected ");
  sayNumber(call, expected);
  say(call, ", got ");
  sayNumber(call, got);
  return SEXTANT_INVALID_ARGUMENT;
}

static sextant_status refuse(sextant_call *call, const char *reason) {
  say(call, reason);
  return SEXTANT_INVALID_ARGUMENT;
}

/* ---- Launch ------------------------------------------------------------- */

sextant_status sextant_check_launch(sextant_call *call,
                                    const sextant_kernel *kernel,
                                    const sextant_launch *launch) {
  const sextant_launch defaults = SEXTANT_LAUNCH_INIT;
  call->kernel = kernel;
  if (!launch)
    launch = &defaults;
  /* A launch of another layout has no message buffer that could be found. */
  sextant_message_begin(&call->message, NULL, 0);
  if (launch->struct_size < sizeof(sextant_launch) ||
      launch->abi != SEXTANT_ABI_VERSION)
    return SEXTANT_INVALID_ARGUMENT;
  call->launch = *launch;
  sextant_message_begin(&call->message, launch->message, launch->message_bytes);
  if (launch->threads < 1 || launch->threads > SEXTANT_MAX_THREADS) {
    say(call, "launch.threads: expected 1 to ");
    sayNumber(call, SEXTANT_MAX_THREADS);
    say(call, ", got ");
    sayNumber(call, launch->threads);
    return SEXTANT_INVALID_ARGUMENT;
  }
  if (!launch->parallel_for)
    call->launch.threads = 1;
  if (launch->stream)
    return refuse(call, "launch.stream: expected null for a cpu kernel");
  if (kernel->abi != SEXTANT_KERNEL_ABI ||
      kernel->n_in + kernel->n_out > SEXTANT_MAX_ARGUMENTS ||
      kernel->n_symbols > SEXTANT_MAX_SYMBOLS) {
    say(call, "defective kernel table");
    return SEXTANT_INTERNAL;
  }
  for (int32_t s = 0; s < kernel->n_symbols; ++s)
    call->boundBy[s] = -1;
  return SEXTANT_OK;
}

/* ---- Types -------------------------------------------------------------- */

static void sayType(sextant_call *call, int32_t code, int32_t bits) {
  switch (code) {
  case kDLInt:
    say(call, "i");
    break;
  case kDLUInt:
    say(call, "u");
    break;
  case kDLFloat:
    say(call, "f");
    break;
  case kDLBfloat:
    say(call, "bf");
    break;
  case kDLBool:
    say(call, "bool");
    break;
  default:
    say(call, "type code ");
    sayNumber(call, code);
    say(call, " of bits ");
  }
  sayNumber(call, bits);
}

static sextant_status checkType(sextant_call *call, int32_t arg,
                                const DLTensor *tensor) {
  const sextant_arg *want = &call->kernel->args[arg];
  const DLDataType type = tensor->dtype;
  if (type.code == want->dtype_code && type.bits == want->dtype_bits &&
      type.lanes == 1)
    return SEXTANT_OK;
  sayName(call, arg);
  say(call, ": expected dtype ");
  sayType(call, want->dtype_code, want->dtype_bits);
  say(call, ", got ");
  sayType(call, type.code, type.bits);
  if (type.lanes != 1) {
    say(call, " with lanes ");
    sayNumber(call, type.lanes);
  }
  return SEXTANT_INVALID_ARGUMENT;
}

static sextant_status checkDevice(sextant_call *call, int32_t arg,
                                  const DLTensor *tensor) {
  const int32_t device = (int32_t)tensor->device.device_type;
  if (device == kDLCPU)
    return SEXTANT_OK;
  sayName(call, arg);
  say(call, ": expected a tensor on cpu, got ");
  if (device == kDLCUDA) {
    say(call, "cuda:");
    sayNumber(call, tensor->device.device_id);
  } else {
    say(call, "device type ");
    sayNumber(call, device);
  }
  return SEXTANT_INVALID_ARGUMENT;
}

/* ---- Extents ------------------------------------------------------------ */

static sextant_status checkExtent(sextant_call *call, int32_t arg, int32_t dim,
                                  int64_t extent) {
  const sextant_dim want = call->kernel->args[arg].dims[dim];
  if (extent < 0 || extent > maxExtent) {
    sayDim(call, arg, dim);
    say(call, ": expected an extent from 0 to ");
    sayNumber(call, maxExtent);
    say(call, ", got ");
    sayNumber(call, extent);
    return SEXTANT_INVALID_ARGUMENT;
  }
  if (want.kind == SEXTANT_DIM_STATIC) {
    if (extent == want.extent)
      return SEXTANT_OK;
    sayDim(call, arg, dim);
    say(call, ": ");
    return mismatch(call, want.extent, extent);
  }
  const int32_t symbol = want.symbol;
  if (call->boundBy[symbol] < 0) {
    call->boundBy[symbol] = arg;
    call->boundDim[symbol] = dim;
    call->extents[symbol] = extent;
    return SEXTANT_OK;
  }
  if (call->extents[symbol] == extent)
    return SEXTANT_OK;
  sayDim(call, arg, dim);
  say(call, ": expected ");
  say(call, call->kernel->symbol_names[symbol]);
  say(call, " = ");
  sayNumber(call, call->extents[symbol]);
  say(call, " as in ");
  sayDim(call, call->boundBy[symbol], call->boundDim[symbol]);
  say(call, ", got ");
  sayNumber(call, extent);
  return SEXTANT_INVALID_ARGUMENT;
}

static int64_t valueOf(const sextant_call *call, sextant_dim dim) {
  return dim.kind == SEXTANT_DIM_STATIC ? dim.extent
                                        : call->extents[dim.symbol];
}

static void sayValue(sextant_call *call, sextant_dim dim) {
  if (dim.kind == SEXTANT_DIM_SYMBOL) {
    say(call, call->kernel->symbol_names[dim.symbol]);
    say(call, " = ");
  }
  sayNumber(call, valueOf(call, dim));
  if (dim.kind == SEXTANT_DIM_SYMBOL) {
    say(call, " (");
    sayDim(call, call->boundBy[dim.symbol], call->boundDim[dim.symbol]);
    say(call, ")");
  }
}

static int isKnown(const sextant_call *call, sextant_dim dim) {
  return dim.kind == SEXTANT_DIM_STATIC || call->boundBy[dim.symbol] >= 0;
}

static sextant_status checkRelation(sextant_call *call,
                                    const sextant_relation *relation) {
  /* A symbol that only outputs bind is unknown while shapes are inferred. */
  if (!isKnown(call, relation->left) || !isKnown(call, relation->right))
    return SEXTANT_OK;
  const int64_t left = valueOf(call, relation->left);
  const int64_t right = valueOf(call, relation->right);
  const int multiple = relation->kind == SEXTANT_RELATION_MULTIPLE;
  if (multiple && right < 1) {
    say(call, "expected a positive extent, got ");
    sayValue(call, relation->right);
    return SEXTANT_INVALID_ARGUMENT;
  }
  if (multiple ? left % right == 0 : left <= right)
    return SEXTANT_OK;
  say(call, multiple ? "expected a multiple of " : "expected at most ");
  sayValue(call, relation->right);
  say(call, ", got ");
  sayValue(call, relation->left);
  return SEXTANT_INVALID_ARGUMENT;
}

/* ---- Strides and pointers ----------------------------------------------- */

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
    sextant_message_hex(&call->message, begin);
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

/* ---- One tensor, all tensors -------------------------------------------- */

static sextant_status checkTensor(sextant_call *call, int32_t arg,
                                  const DLTensor *tensor, sextant_look look) {
  const sextant_arg *want = &call->kernel->args[arg];
  const int isOutput = arg >= call->kernel->n_in;
  sextant_status status;
  call->args[arg] = &call->descriptors[arg];
  if (!tensor) {
    sayName(call, arg);
    return refuse(call, ": tensor is null");
  }
  if (tensor->ndim != want->rank) {
    sayName(call, arg);
    say(call, " rank: ");
    return mismatch(call, want->rank, tensor->ndim);
  }
  if ((status = checkType(call, arg, tensor)) ||
      (status = checkDevice(call, arg, tensor)))
    return status;
  if (tensor->ndim && !tensor->shape) {
    sayName(call, arg);
    return refuse(call, ": shape is null");
  }
  for (int32_t d = 0; d < tensor->ndim; ++d) {
    if ((status = checkExtent(call, arg, d, tensor->shape[d])))
      return status;
    call->descriptors[arg].values[d] = tensor->shape[d];
  }
  if (look == SEXTANT_LOOK_AT_SHAPES)
    return SEXTANT_OK;
  if ((status = readStrides(call, arg, tensor)) ||
      (status = readData(call, arg, tensor, look == SEXTANT_LOOK_AT_DATA)))
    return status;
  return isOutput ? checkInjective(call, arg) : SEXTANT_OK;
}

static sextant_status checkCount(sextant_call *call, const char *what,
                                 int32_t expected, int32_t got,
                                 const void *table) {
  if (got != expected) {
    say(call, what);
    say(call, ": ");
    return mismatch(call, expected, got);
  }
  if (expected && !table) {
    say(call, what);
    return refuse(call, ": table is null");
  }
  return SEXTANT_OK;
}

sextant_status sextant_check_tensors(sextant_call *call,
                                     const DLTensor *const *in, int32_t n_in,
                                     DLTensor *const *out, int32_t n_out,
                                     sextant_look look) {
  const sextant_kernel *kernel = call->kernel;
  sextant_status status;
  if ((status = checkCount(call, "number of inputs", kernel->n_in, n_in, in)) ||
      (status =
           checkCount(call, "number of outputs", kernel->n_out, n_out, out)))
    return status;
  for (int32_t i = 0; i < n_in; ++i)
    if ((status = checkTensor(call, i, in[i], look)))
      return status;
  if (look != SEXTANT_LOOK_AT_SHAPES)
    for (int32_t i = 0; i < n_out; ++i)
      if ((status = checkTensor(call, n_in + i, out[i], look)))
        return status;
  for (int32_t r = 0; r < kernel->n_relations; ++r)
    if ((status = checkRelation(call, &kernel->relations[r])))
      return status;
  return SEXTANT_OK;
}
