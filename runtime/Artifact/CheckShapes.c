/* Checks the type, device and extents of tensors, and what must hold between
   extents. */
#include "runtime/Artifact/Say.h"

/* Extents stop far below 2^63, so that no sum or product of a few of them in
   generated code can wrap. */
static const int64_t maxExtent = (int64_t)1 << 40;

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
    if (bits == 8)
      return;
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
  /* 0 is a multiple of everything: nothing is computed then. */
  if (multiple && left == 0)
    return SEXTANT_OK;
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

sextant_status sextant_check_relations(sextant_call *call) {
  for (int32_t r = 0; r < call->kernel->n_relations; ++r) {
    const sextant_status status =
        checkRelation(call, &call->kernel->relations[r]);
    if (status)
      return status;
  }
  return SEXTANT_OK;
}

/* ---- One tensor ---------------------------------------------------------- */

sextant_status sextant_check_shape(sextant_call *call, int32_t arg,
                                   const DLTensor *tensor) {
  const int32_t rank = call->kernel->args[arg].rank;
  sextant_status status;
  if (!tensor) {
    sayName(call, arg);
    return refuse(call, ": tensor is null");
  }
  if (tensor->ndim != rank) {
    sayName(call, arg);
    say(call, " rank: ");
    return mismatch(call, rank, tensor->ndim);
  }
  if ((status = checkType(call, arg, tensor)) ||
      (status = checkDevice(call, arg, tensor)))
    return status;
  if (rank && !tensor->shape) {
    sayName(call, arg);
    return refuse(call, ": shape is null");
  }
  for (int32_t d = 0; d < rank; ++d) {
    if ((status = checkExtent(call, arg, d, tensor->shape[d])))
      return status;
    call->descriptors[arg].values[d] = tensor->shape[d];
  }
  return SEXTANT_OK;
}
