/* The contract between the code the compiler generates for a kernel and the
   checker and scheduler (Entry.c) that lie in every artifact beside it.

   For a kernel `mix` the compiler emits
     - one constant `sextant_kernel`: its arguments, what must hold between
       their extents, and its variants, one for each instruction set;
     - for every variant its phases: a function that counts tasks and one that
       runs one task;
     - three exported functions `mix`, `mix_workspace`, `mix_shapes`, which
       pass the address of that constant and their own arguments, in order, to
       sextant_artifact_call, _workspace and _shapes;
     - the manifest (Manifest.h).

   All structs have the layout the C compiler gives them on a 64-bit machine;
   no field needs padding before it, so a packed and a natural layout are the
   same. The numbers beside the structs are asserted in CheckLaunch.c. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_KERNEL_H
#define SEXTANT_RUNTIME_ARTIFACT_KERNEL_H

#include "runtime/sextant_runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Goes up whenever a struct of this file changes. */
#define SEXTANT_KERNEL_ABI 1u

/* The compiler refuses a kernel that exceeds one of these. */
#define SEXTANT_MAX_ARGUMENTS 64
#define SEXTANT_MAX_RANK 8
#define SEXTANT_MAX_SYMBOLS 64

/* ---- Arguments ---------------------------------------------------------- */

/* Kinds of sextant_dim. */
enum { SEXTANT_DIM_STATIC = 0, SEXTANT_DIM_SYMBOL = 1 };

/* The extent of one dimension: a number, or a symbol that every dimension
   with the same symbol shares. */
typedef struct {
  int32_t kind;
  int32_t symbol; /* index into the kernel's symbols, for DIM_SYMBOL */
  int64_t extent; /* for DIM_STATIC */
} sextant_dim;    /* 16 bytes */

/* Flags of sextant_arg. */
enum {
  /* The last dimension must have stride 1 (or at most one element). */
  SEXTANT_ARG_UNIT_STRIDE = 1u << 0,
  /* An integer input whose every element must lie in [low, high]; positions
     carry this with +-2^24, so that i32 to f32 is exact. */
  SEXTANT_ARG_BOUNDED = 1u << 1
};

/* One tensor argument. */
typedef struct {
  const char *name;
  const sextant_dim *dims; /* rank of them */
  int32_t rank;
  uint32_t flags;
  int32_t dtype_code; /* DLDataTypeCode */
  int32_t dtype_bits; /* a multiple of 8 */
  int64_t low, high;  /* for ARG_BOUNDED */
} sextant_arg;        /* 48 bytes */

/* Kinds of sextant_relation. */
enum {
  /* left is a multiple of right, and right is positive (query heads and
     key heads). */
  SEXTANT_RELATION_MULTIPLE = 0,
  /* left is at most right. */
  SEXTANT_RELATION_AT_MOST = 1
};

/* What must hold between two extents beyond the equality of symbols. */
typedef struct {
  int32_t kind;
  int32_t reserved; /* 0 */
  sextant_dim left, right;
} sextant_relation; /* 40 bytes */

/* ---- Code --------------------------------------------------------------- */

/* What generated code is called with. `args` holds n_in + n_out + 1 pointers to
   memref descriptors in MLIR's C layout,
     { void *allocated, *aligned; int64_t offset, sizes[rank], strides[rank]; }
   inputs, then outputs, then the workspace as memref<?xi8>. `aligned` points at
   the first element (data + byte_offset) and `offset` is 0. `threads` is the
   upper bound of the thread index that `run` sees. */
typedef struct {
  void *const *args;
  int64_t threads;
} sextant_frame; /* 16 bytes */

/* One step of a kernel: independent tasks, all of which end before the next
   phase starts. Tasks are started in index order, so heavy ones come first.
   `run` may use the slice of the workspace that belongs to `thread` freely. */
typedef struct {
  int64_t (*tasks)(const sextant_frame *frame);
  void (*run)(const sextant_frame *frame, int64_t task, int64_t thread);
} sextant_phase; /* 16 bytes */

/* What a CPU must have for a variant to run on it. A bit covers the operating
   system's part too (saved registers). */
enum {
  SEXTANT_CPU_AVX = 1u << 0,
  SEXTANT_CPU_AVX2 = 1u << 1,
  SEXTANT_CPU_FMA = 1u << 2,
  SEXTANT_CPU_F16C = 1u << 3,
  SEXTANT_CPU_BMI1 = 1u << 4,
  SEXTANT_CPU_BMI2 = 1u << 5,
  SEXTANT_CPU_LZCNT = 1u << 6,
  SEXTANT_CPU_MOVBE = 1u << 7,
  SEXTANT_CPU_SSE4_2 = 1u << 8, /* with SSSE3, SSE4.1, POPCNT, CX16, SAHF */
  SEXTANT_CPU_AVX512F = 1u << 9,
  SEXTANT_CPU_AVX512VL = 1u << 10,
  SEXTANT_CPU_AVX512DQ = 1u << 11,
  SEXTANT_CPU_AVX512BW = 1u << 12,
  SEXTANT_CPU_AVX512CD = 1u << 13,
  SEXTANT_CPU_AVX512BF16 = 1u << 14,
  SEXTANT_CPU_AVX512VNNI = 1u << 15,
  SEXTANT_CPU_AVX512FP16 = 1u << 16,
  SEXTANT_CPU_AMX_BF16 = 1u << 17, /* with AMX tiles */

  /* Together: what code for the CPU names x86-64-v3 and -v4 may use. */
  SEXTANT_CPU_X86_64_V3 = (1u << 9) - 1,
  SEXTANT_CPU_X86_64_V4 = (1u << 14) - 1
};

/* The kernel for one instruction set. */
typedef struct {
  int32_t isa;            /* sextant_isa, not AUTO; unique within a kernel */
  uint32_t required_bits; /* SEXTANT_CPU_ bits; 0 for GENERIC */
  const char *isa_name;   /* as in the manifest */
  int32_t n_phases;
  int32_t reserved; /* 0 */
  const sextant_phase *phases;
  /* Bytes of workspace for these extents and frame->threads; it reads sizes
     only. Negative: more than 63 bits. Null: no workspace. */
  int64_t (*workspace)(const sextant_frame *frame);
} sextant_variant; /* 40 bytes */

typedef struct {
  uint32_t abi; /* SEXTANT_KERNEL_ABI */
  int32_t n_in, n_out;
  int32_t n_symbols;
  const char *name;
  const sextant_arg *args; /* inputs, then outputs */
  /* The names of the symbols for messages, as in the manifest ("B"). */
  const char *const *symbol_names;
  const sextant_relation *relations;
  const sextant_variant *variants; /* best first, GENERIC last */
  int32_t n_relations;
  int32_t n_variants;
} sextant_kernel; /* 64 bytes */

/* ---- What the exported functions call ----------------------------------- */

/* Checks everything, then runs the phases of the chosen variant. */
sextant_status sextant_artifact_call(const sextant_kernel *kernel,
                                     const DLTensor *const *in, int32_t n_in,
                                     DLTensor *const *out, int32_t n_out,
                                     const sextant_launch *launch);

sextant_status sextant_artifact_workspace(const sextant_kernel *kernel,
                                          const DLTensor *const *in,
                                          int32_t n_in, DLTensor *const *out,
                                          int32_t n_out,
                                          const sextant_launch *launch,
                                          size_t *bytes);

sextant_status sextant_artifact_shapes(const sextant_kernel *kernel,
                                       const DLTensor *const *in, int32_t n_in,
                                       DLTensor *const *out, int32_t n_out,
                                       const sextant_launch *launch);

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_KERNEL_H */
