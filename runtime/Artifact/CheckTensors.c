/* Checks the tables of a call and every tensor in them. */
#include "runtime/Artifact/Say.h"

static sextant_status checkTensor(sextant_call *call, int32_t arg,
                                  const DLTensor *tensor, sextant_look look) {
  const sextant_status status = sextant_check_shape(call, arg, tensor);
  call->args[arg] = &call->descriptors[arg];
  if (status || look == SEXTANT_LOOK_AT_SHAPES)
    return status;
  return sextant_check_memory(call, arg, tensor, look);
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
  return sextant_check_relations(call);
}
