/* The three functions that every exported function of an artifact forwards to:
   check the call, choose the variant, run its phases. */
#include "runtime/Artifact/Isa.h"
#include "runtime/Artifact/Say.h"

/* ---- Choosing the variant ----------------------------------------------- */

static void sayVariants(sextant_call *call) {
  for (int32_t i = 0; i < call->kernel->n_variants; ++i) {
    const sextant_variant *variant = &call->kernel->variants[i];
    say(call, i ? ", " : "");
    say(call, variant->isa_name);
    say(call, " (");
    sayNumber(call, variant->isa);
    say(call, ")");
  }
}

static sextant_status chooseVariant(sextant_call *call,
                                    const sextant_variant **chosen) {
  const sextant_kernel *kernel = call->kernel;
  const int32_t wanted = call->launch.isa;
  for (int32_t i = 0; i < kernel->n_variants; ++i) {
    const sextant_variant *variant = &kernel->variants[i];
    if (wanted != SEXTANT_ISA_AUTO && variant->isa != wanted)
      continue;
    const uint32_t missing =
        sextant_artifact_missing_bits(variant->required_bits);
    if (wanted != SEXTANT_ISA_AUTO || !missing) {
      *chosen = variant;
      if (!missing)
        return SEXTANT_OK;
      say(call, "this cpu cannot run isa ");
      say(call, variant->isa_name);
      say(call, ": it lacks feature bits ");
      sayHex(call, missing);
      return SEXTANT_UNSUPPORTED;
    }
  }
  say(call, wanted == SEXTANT_ISA_AUTO
                ? "this cpu runs none of the isas of this kernel: "
                : "launch.isa: expected 0 or one of ");
  sayVariants(call);
  if (wanted != SEXTANT_ISA_AUTO) {
    say(call, ", got ");
    sayNumber(call, wanted);
  }
  return SEXTANT_UNSUPPORTED;
}

/* ---- Workspace ---------------------------------------------------------- */

/* Sets the last descriptor to `bytes` bytes at `data`. */
static sextant_frame makeFrame(sextant_call *call, void *data, int64_t bytes) {
  const int32_t last = call->kernel->n_in + call->kernel->n_out;
  sextant_descriptor *workspace = &call->descriptors[last];
  sextant_frame frame;
  workspace->allocated = workspace->aligned = data;
  workspace->offset = 0;
  workspace->values[0] = bytes;
  workspace->values[1] = 1;
  call->args[last] = workspace;
  call->spans[last].begin = (uintptr_t)data;
  call->spans[last].end = (uintptr_t)data + (uintptr_t)bytes;
  frame.args = call->args;
  frame.threads = call->launch.threads;
  return frame;
}

static sextant_status workspaceBytes(sextant_call *call,
                                     const sextant_variant *variant,
                                     int64_t *bytes) {
  const sextant_frame frame = makeFrame(call, NULL, 0);
  *bytes = variant->workspace ? variant->workspace(&frame) : 0;
  if (*bytes >= 0)
    return SEXTANT_OK;
  say(call, "the workspace for these extents exceeds 63 bits");
  return SEXTANT_RESOURCE_EXHAUSTED;
}

static sextant_status checkWorkspace(sextant_call *call, int64_t needed) {
  const sextant_launch *launch = &call->launch;
  const uintptr_t at = (uintptr_t)launch->workspace;
  if (!needed)
    return SEXTANT_OK;
  if (at && launch->workspace_bytes >= (uint64_t)needed &&
      at % SEXTANT_WORKSPACE_ALIGNMENT == 0)
    return SEXTANT_OK;
  say(call, "workspace: expected ");
  sayNumber(call, needed);
  say(call, " bytes aligned to ");
  sayNumber(call, SEXTANT_WORKSPACE_ALIGNMENT);
  say(call, ", got ");
  if (!at) {
    say(call, "null");
    return SEXTANT_INVALID_ARGUMENT;
  }
  sayNumber(call, (int64_t)launch->workspace_bytes);
  say(call, " bytes at ");
  sayHex(call, at);
  return SEXTANT_INVALID_ARGUMENT;
}

/* ---- Running ------------------------------------------------------------ */

/* One phase on its way through the caller's parallel_for. */
typedef struct {
  const sextant_frame *frame;
  const sextant_phase *phase;
  int64_t count;
  int64_t done;  /* tasks that ran; atomic */
  int64_t wrong; /* calls with an index or thread out of range; atomic */
} phase_run;

static void runTask(void *ctx, int64_t index, int32_t thread) {
  phase_run *run = ctx;
  /* The index and thread come from foreign code and become addresses. */
  if (index < 0 || index >= run->count || thread < 0 ||
      thread >= run->frame->threads) {
    __atomic_fetch_add(&run->wrong, 1, __ATOMIC_RELAXED);
    return;
  }
  run->phase->run(run->frame, index, thread);
  __atomic_fetch_add(&run->done, 1, __ATOMIC_RELAXED);
}

static sextant_status runPhase(sextant_call *call, const sextant_frame *frame,
                               const sextant_phase *phase) {
  const sextant_launch *launch = &call->launch;
  const int64_t count = phase->tasks(frame);
  if (frame->threads <= 1 || count <= 1) {
    for (int64_t i = 0; i < count; ++i)
      phase->run(frame, i, 0);
    return SEXTANT_OK;
  }
  phase_run run = {frame, phase, count, 0, 0};
  const int failed = launch->parallel_for(launch->pool, count, runTask, &run);
  const int64_t done = __atomic_load_n(&run.done, __ATOMIC_ACQUIRE);
  if (!failed && done == count && !run.wrong)
    return SEXTANT_OK;
  say(call, "launch.parallel_for broke its contract: returned ");
  sayNumber(call, failed);
  say(call, ", ran ");
  sayNumber(call, done);
  say(call, " of ");
  sayNumber(call, count);
  say(call, " tasks, ");
  sayNumber(call, run.wrong);
  say(call, " with an index or thread out of range");
  return SEXTANT_INTERNAL;
}

/* ---- The three functions ------------------------------------------------ */

sextant_status sextant_artifact_call(const sextant_kernel *kernel,
                                     const DLTensor *const *in, int32_t n_in,
                                     DLTensor *const *out, int32_t n_out,
                                     const sextant_launch *launch) {
  sextant_call call;
  const sextant_variant *variant;
  sextant_status status;
  int64_t needed;
  if ((status = sextant_check_launch(&call, kernel, launch)) ||
      (status = sextant_check_tensors(&call, in, n_in, out, n_out,
                                      SEXTANT_LOOK_AT_DATA)) ||
      (status = chooseVariant(&call, &variant)) ||
      (status = workspaceBytes(&call, variant, &needed)) ||
      (status = checkWorkspace(&call, needed)))
    return status;
  const sextant_frame frame =
      makeFrame(&call, needed ? call.launch.workspace : NULL, needed);
  if ((status = sextant_check_overlap(&call, needed > 0)) ||
      (status = sextant_check_bounds(&call)))
    return status;
  for (int32_t p = 0; p < variant->n_phases; ++p)
    if ((status = runPhase(&call, &frame, &variant->phases[p])))
      return status;
  return SEXTANT_OK;
}

sextant_status sextant_artifact_workspace(const sextant_kernel *kernel,
                                          const DLTensor *const *in,
                                          int32_t n_in, DLTensor *const *out,
                                          int32_t n_out,
                                          const sextant_launch *launch,
                                          size_t *bytes) {
  sextant_call call;
  const sextant_variant *variant;
  sextant_status status;
  int64_t needed;
  if ((status = sextant_check_launch(&call, kernel, launch)))
    return status;
  if (!bytes) {
    say(&call, "bytes: expected a place for the result, got null");
    return SEXTANT_INVALID_ARGUMENT;
  }
  if ((status = sextant_check_tensors(&call, in, n_in, out, n_out,
                                      SEXTANT_LOOK_AT_STRIDES)) ||
      (status = chooseVariant(&call, &variant)) ||
      (status = workspaceBytes(&call, variant, &needed)))
    return status;
  *bytes = (size_t)needed;
  return SEXTANT_OK;
}

static sextant_status checkOutputRoom(sextant_call *call, int32_t arg,
                                      const DLTensor *tensor) {
  const sextant_arg *want = &call->kernel->args[arg];
  if (tensor && tensor->ndim == want->rank && (tensor->shape || !want->rank))
    return SEXTANT_OK;
  sayName(call, arg);
  say(call, ": expected room for a shape of rank ");
  sayNumber(call, want->rank);
  say(call, ", got ");
  if (tensor && tensor->ndim != want->rank) {
    say(call, "rank ");
    sayNumber(call, tensor->ndim);
  } else {
    say(call, "null");
  }
  return SEXTANT_INVALID_ARGUMENT;
}

static sextant_status checkInferable(sextant_call *call, int32_t arg) {
  const sextant_arg *want = &call->kernel->args[arg];
  for (int32_t d = 0; d < want->rank; ++d) {
    const sextant_dim dim = want->dims[d];
    if (dim.kind == SEXTANT_DIM_STATIC || call->boundBy[dim.symbol] >= 0)
      continue;
    sayDim(call, arg, d);
    say(call, ": the extent ");
    say(call, call->kernel->symbol_names[dim.symbol]);
    say(call, " does not follow from the shapes of the inputs");
    return SEXTANT_UNSUPPORTED;
  }
  return SEXTANT_OK;
}

sextant_status sextant_artifact_shapes(const sextant_kernel *kernel,
                                       const DLTensor *const *in, int32_t n_in,
                                       DLTensor *const *out, int32_t n_out,
                                       const sextant_launch *launch) {
  sextant_call call;
  sextant_status status;
  if ((status = sextant_check_launch(&call, kernel, launch)) ||
      (status = sextant_check_tensors(&call, in, n_in, out, n_out,
                                      SEXTANT_LOOK_AT_SHAPES)))
    return status;
  for (int32_t i = 0; i < n_out; ++i)
    if ((status = checkOutputRoom(&call, n_in + i, out[i])) ||
        (status = checkInferable(&call, n_in + i)))
      return status;
  for (int32_t i = 0; i < n_out; ++i) {
    const sextant_arg *want = &kernel->args[n_in + i];
    for (int32_t d = 0; d < want->rank; ++d)
      out[i]->shape[d] = want->dims[d].kind == SEXTANT_DIM_STATIC
                             ? want->dims[d].extent
                             : call.extents[want->dims[d].symbol];
  }
  return SEXTANT_OK;
}
