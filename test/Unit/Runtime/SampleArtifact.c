/* An artifact written by hand, with the real checker linked in: one kernel
   `scale`, y = FACTOR * x for x of any length. Compiled several times, once
   clean and once for each way to break the loader's rules (see CMakeLists.txt,
   which also makes the manifest). */
#include "runtime/Artifact/Kernel.h"
#include "runtime/Artifact/Manifest.h"

#include "SampleManifest.inc"

#ifndef FACTOR
#define FACTOR 2
#endif
#ifndef MANIFEST_ABI
#define MANIFEST_ABI SEXTANT_ABI_VERSION
#endif
#ifndef MANIFEST_VERSION
#define MANIFEST_VERSION SEXTANT_MANIFEST_VERSION
#endif

#define EXPORT __attribute__((visibility("default")))

typedef struct {
  float *allocated, *aligned;
  int64_t offset, size, stride;
} vector_memref;

static int64_t countTasks(const sextant_frame *frame) {
  return (((const vector_memref *)frame->args[0])->size + 63) / 64;
}

static void runTask(const sextant_frame *frame, int64_t task, int64_t thread) {
  const vector_memref *x = frame->args[0], *y = frame->args[1];
  int64_t end = 64 * task + 64;
  (void)thread;
  if (end > x->size)
    end = x->size;
  for (int64_t i = 64 * task; i < end; ++i)
    y->aligned[i * y->stride] = FACTOR * x->aligned[i * x->stride];
}

static const sextant_dim dims[] = {{SEXTANT_DIM_SYMBOL, 0, 0}};
static const sextant_arg args[] = {{"x", dims, 1, 0, kDLFloat, 32, 0, 0},
                                   {"y", dims, 1, 0, kDLFloat, 32, 0, 0}};
static const sextant_phase phases[] = {{countTasks, runTask}};
static const sextant_variant variants[] = {
    {SEXTANT_ISA_GENERIC, 0, "generic", 1, 0, phases, 0}};
static const char *const symbols[] = {"L"};
static const sextant_kernel kernel = {
    SEXTANT_KERNEL_ABI, 1, 1, 1, "scale", args, symbols, 0, variants, 0, 1};

EXPORT sextant_status scale(const DLTensor *const *in, int32_t n_in,
                            DLTensor *const *out, int32_t n_out,
                            const sextant_launch *launch) {
  return sextant_artifact_call(&kernel, in, n_in, out, n_out, launch);
}

EXPORT sextant_status scale_workspace(const DLTensor *const *in, int32_t n_in,
                                      DLTensor *const *out, int32_t n_out,
                                      const sextant_launch *launch,
                                      size_t *bytes) {
  return sextant_artifact_workspace(&kernel, in, n_in, out, n_out, launch,
                                    bytes);
}

#ifndef WITHOUT_SHAPES
EXPORT sextant_status scale_shapes(const DLTensor *const *in, int32_t n_in,
                                   DLTensor *const *out, int32_t n_out,
                                   const sextant_launch *launch) {
  return sextant_artifact_shapes(&kernel, in, n_in, out, n_out, launch);
}
#endif

#ifndef WITHOUT_MANIFEST
struct manifest {
  sextant_manifest_header header;
  char json[sizeof(MANIFEST_JSON) - 1];
};
EXPORT extern const struct manifest manifest __asm__(SEXTANT_MANIFEST_SYMBOL);
__attribute__((section(SEXTANT_MANIFEST_SECTION)))
const struct manifest manifest = {{SEXTANT_MANIFEST_MAGIC,
                                   MANIFEST_VERSION,
                                   MANIFEST_ABI,
                                   sizeof(MANIFEST_JSON) - 1,
                                   {MANIFEST_SHA256}},
                                  MANIFEST_JSON};
#endif

/* ---- Ways to break the rules -------------------------------------------- */

#ifdef WITH_CONSTRUCTOR
volatile int constructed;
__attribute__((constructor)) static void construct(void) { constructed = 1; }
#endif

#ifdef WITH_UNDEFINED
extern int somewhere(void);
EXPORT int callSomewhere(void) { return somewhere(); }
#endif

#ifdef WITH_TLS
EXPORT __thread int perThread = 1;
#endif

#ifdef WITH_IFUNC
static int chosen(void) { return 1; }
static int (*resolve(void))(void) { return chosen; }
EXPORT int indirect(void) __attribute__((ifunc("resolve")));
#endif

#ifdef WITH_TEXT_RELOCATION
__asm__(".text\n.globl textRelocation\ntextRelocation: .quad scale\n");
#endif
