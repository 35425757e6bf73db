/* Checks the launch of a call, and the kernel's table for what would make the
   other checks unsafe. */
#include "runtime/Artifact/Say.h"

_Static_assert(sizeof(sextant_dim) == 16, "layout");
_Static_assert(sizeof(sextant_arg) == 48, "layout");
_Static_assert(sizeof(sextant_relation) == 40, "layout");
_Static_assert(sizeof(sextant_frame) == 16, "layout");
_Static_assert(sizeof(sextant_phase) == 16, "layout");
_Static_assert(sizeof(sextant_variant) == 40, "layout");
_Static_assert(sizeof(sextant_kernel) == 64, "layout");

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
