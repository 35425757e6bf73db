/* Checks the arguments of one call against the kernel's table and turns them
   into memref descriptors. Internal to the artifact. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_CHECK_H
#define SEXTANT_RUNTIME_ARTIFACT_CHECK_H

#include "runtime/Artifact/Kernel.h"
#include "runtime/Artifact/Message.h"

#ifdef __cplusplus
extern "C" {
#endif

/* MLIR's memref of rank r: sizes are values[0 .. r), strides values[r .. 2r).
 */
typedef struct {
  void *allocated;
  void *aligned;
  int64_t offset;
  int64_t values[2 * SEXTANT_MAX_RANK];
} sextant_descriptor;

/* The bytes a tensor touches: [begin, end), empty where begin == end. */
typedef struct {
  uintptr_t begin, end;
} sextant_span;

/* Everything known about one call while it is checked and run. */
typedef struct {
  const sextant_kernel *kernel;
  sextant_launch launch; /* the caller's, or the default */
  sextant_message message;
  /* What every symbol is, and which dimension of which argument said so
     (argument -1: none yet). */
  int64_t extents[SEXTANT_MAX_SYMBOLS];
  int32_t boundBy[SEXTANT_MAX_SYMBOLS];
  int32_t boundDim[SEXTANT_MAX_SYMBOLS];
  /* Arguments in order; the workspace is last. */
  sextant_descriptor descriptors[SEXTANT_MAX_ARGUMENTS + 1];
  void *args[SEXTANT_MAX_ARGUMENTS + 1];
  sextant_span spans[SEXTANT_MAX_ARGUMENTS + 1];
} sextant_call;

/* What a call looks at beyond types and extents. */
typedef enum {
  SEXTANT_LOOK_AT_SHAPES,  /* nothing else; outputs are not read at all */
  SEXTANT_LOOK_AT_STRIDES, /* strides, not data pointers */
  SEXTANT_LOOK_AT_DATA     /* everything */
} sextant_look;

/* Checks the launch and starts the message in its buffer. */
sextant_status sextant_check_launch(sextant_call *call,
                                    const sextant_kernel *kernel,
                                    const sextant_launch *launch);

/* Checks the tables and all tensors in them and fills the descriptors. */
sextant_status sextant_check_tensors(sextant_call *call,
                                     const DLTensor *const *in, int32_t n_in,
                                     DLTensor *const *out, int32_t n_out,
                                     sextant_look look);

/* The parts of that: type, device and extents of one argument; its strides,
   size and address; the relations between extents. In this order. */
sextant_status sextant_check_shape(sextant_call *call, int32_t arg,
                                   const DLTensor *tensor);
sextant_status sextant_check_memory(sextant_call *call, int32_t arg,
                                    const DLTensor *tensor, sextant_look look);
sextant_status sextant_check_relations(sextant_call *call);

/* Checks that no output (or the workspace, where `withWorkspace`) shares bytes
   with any other argument. */
sextant_status sextant_check_overlap(sextant_call *call, int withWorkspace);

/* Checks that the elements of bounded inputs lie in their range. */
sextant_status sextant_check_bounds(sextant_call *call);

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_CHECK_H */
