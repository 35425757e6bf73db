/* The public header is C99 that a strict compiler takes, and every function of
   it can be called from C. */
#include "sextant_runtime.h"

#include "runtime/Artifact/Embedded.h"
#include "runtime/Artifact/Kernel.h"
#include "runtime/Artifact/Manifest.h"

int sextantHeaderIsC(void);

static int count(void *ctx) { return *(int *)ctx; }

static void increment(void *ctx, int64_t index, int32_t thread) {
  (void)index;
  (void)thread;
  ++*(int *)ctx;
}

/* Returns 0 where all went well. */
int sextantHeaderIsC(void) {
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  int calls = 0;
  if (launch.struct_size != sizeof(launch) || launch.threads != 1)
    return 1;
  if (sextant_pool_parallel_for(NULL, 3, increment, &calls) ||
      count(&calls) != 3)
    return 2;
  return 0;
}
