/* The whole public C ABI of Sextant: what a generated kernel is, how it is
   called, and the small runtime that loads it and gives it threads.

   A kernel is three functions with the types below (`sextant_fn` and its two
   companions). Whoever only calls kernels needs this header and the generated
   library, nothing else: the functions of the runtime (from "Loading" on) are
   a convenience in the static library `libSextantRuntime.a`.

   Rules that hold for every function here: no function prints, exits or
   throws; a failure is a `sextant_status` and a message in lower case that says
   what was expected and what was found; structs grow only at their end. */
#ifndef SEXTANT_RUNTIME_H
#define SEXTANT_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Tensors ------------------------------------------------------------ */

/* The part of DLPack that kernels read. A program that also uses dlpack.h
   includes it before this header, whose declarations then stand back. */
#ifndef DLPACK_DLPACK_H_
typedef enum { kDLCPU = 1, kDLCUDA = 2 } DLDeviceType;

typedef struct {
  DLDeviceType device_type;
  int32_t device_id;
} DLDevice;

typedef enum {
  kDLInt = 0,
  kDLUInt = 1,
  kDLFloat = 2,
  kDLBfloat = 4,
  kDLBool = 6
} DLDataTypeCode;

typedef struct {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

/* The element at index (i0, i1, ...) lies at
   data + byte_offset + (i0 * strides[0] + i1 * strides[1] + ...) * bits / 8.
   Strides count elements; a null `strides` means compact, last dimension
   innermost. */
typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byte_offset;
} DLTensor;
#endif

/* ---- Status ------------------------------------------------------------- */

typedef enum {
  SEXTANT_OK = 0,
  /* An argument breaks the contract of the kernel or of the function. */
  SEXTANT_INVALID_ARGUMENT = 1,
  /* A legal request that this artifact or this machine cannot serve. */
  SEXTANT_UNSUPPORTED = 2,
  /* The file is not an artifact that may be loaded here. */
  SEXTANT_ARTIFACT_REJECTED = 3,
  /* Memory or threads ran out. */
  SEXTANT_RESOURCE_EXHAUSTED = 4,
  SEXTANT_DEVICE_ERROR = 5,
  /* A defect in Sextant, or a `parallel_for` that broke its contract. */
  SEXTANT_INTERNAL = 6
} sextant_status;

/* ---- Calling a kernel --------------------------------------------------- */

#define SEXTANT_ABI_VERSION 1u
#define SEXTANT_MAX_THREADS 4096
/* Every workspace starts at a multiple of this many bytes. */
#define SEXTANT_WORKSPACE_ALIGNMENT 64

/* Instruction sets a kernel may carry a version for. */
typedef enum {
  /* The best one that both the artifact and this CPU have. */
  SEXTANT_ISA_AUTO = 0,
  /* The baseline of the target; always present. */
  SEXTANT_ISA_GENERIC = 1,
  /* AVX2, FMA, F16C, BMI. */
  SEXTANT_ISA_X86_64_V3 = 2,
  /* And AVX-512 F, VL, DQ, BW, CD. */
  SEXTANT_ISA_X86_64_V4 = 3,
  /* And AVX-512 BF16. */
  SEXTANT_ISA_X86_64_V4_BF16 = 4,
  /* And AMX with tiles of bf16. */
  SEXTANT_ISA_X86_64_V4_AMX = 5
} sextant_isa;

/* One item of parallel work. `thread` is in [0, threads) and no two tasks that
   run at the same time see the same one. */
typedef void (*sextant_task)(void *ctx, int64_t index, int32_t thread);

/* How one call runs. Start from SEXTANT_LAUNCH_INIT or from
   sextant_default_launch. A null launch means SEXTANT_LAUNCH_INIT. */
typedef struct {
  /* sizeof(sextant_launch) and SEXTANT_ABI_VERSION as the caller saw them. */
  uint32_t struct_size, abi;
  /* Upper bound of the `thread` that tasks see, 1 to SEXTANT_MAX_THREADS;
     1 in effect where parallel_for is null. */
  int32_t threads;
  /* Runs task(ctx, i, thread) once for every i in [0, n), returns 0 when all
     are done. Null: the kernel runs on the calling thread. */
  int (*parallel_for)(void *pool, int64_t n, sextant_task task, void *ctx);
  void *pool;
  /* At least as many bytes as the kernel's workspace function says for the
     same arguments and the same launch. Concurrent calls need one each. */
  void *workspace;
  size_t workspace_bytes;
  /* Device stream; null on CPU. */
  void *stream;
  /* A sextant_isa. */
  int32_t isa;
  /* Receives the error message, always ended by NUL; may be null with 0. */
  char *message;
  size_t message_bytes;
} sextant_launch;

#define SEXTANT_LAUNCH_INIT                                                    \
  {(uint32_t)sizeof(sextant_launch),                                           \
   SEXTANT_ABI_VERSION,                                                        \
   1,                                                                          \
   NULL,                                                                       \
   NULL,                                                                       \
   NULL,                                                                       \
   0,                                                                          \
   NULL,                                                                       \
   SEXTANT_ISA_AUTO,                                                           \
   NULL,                                                                       \
   0}

/* Computes the outputs. All arguments are checked first; on failure nothing
   has been written. Inputs may have any strides that are not negative, zero
   included; an output must not overlap itself, an input or another output. The
   function is reentrant and keeps no state. */
typedef sextant_status (*sextant_fn)(const DLTensor *const *in, int32_t n_in,
                                     DLTensor *const *out, int32_t n_out,
                                     const sextant_launch *launch);

/* Says how many bytes of workspace a call with these arguments needs. Data
   pointers are not looked at and may be null. */
typedef sextant_status (*sextant_workspace_fn)(
    const DLTensor *const *in, int32_t n_in, DLTensor *const *out,
    int32_t n_out, const sextant_launch *launch, size_t *bytes);

/* Writes out[i]->shape[0 .. ndim) from the shapes of the inputs. The caller
   sets out[i]->ndim and gives `shape` that much room; nothing else of an
   output is looked at. */
typedef sextant_status (*sextant_shapes_fn)(const DLTensor *const *in,
                                            int32_t n_in, DLTensor *const *out,
                                            int32_t n_out,
                                            const sextant_launch *launch);

/* ---- Versions, names, defaults ------------------------------------------ */

/* "0.1.0". */
const char *sextant_version(void);

/* "invalid argument" and so on; never null. */
const char *sextant_status_name(sextant_status status);

/* "x86-64-v4" and so on; null where `isa` is none. */
const char *sextant_isa_name(int32_t isa);

/* SEXTANT_LAUNCH_INIT, with `isa` from the environment variable SEXTANT_ISA
   (auto, generic, x86-64-v3, x86-64-v4, x86-64-v4-bf16, x86-64-v4-amx) where
   that is set. A name that is not known gives UNSUPPORTED and leaves `isa` at
   auto. */
sextant_status sextant_default_launch(sextant_launch *launch, char *message,
                                      size_t message_bytes);

/* Whether this CPU and operating system run code for `isa`. */
int sextant_cpu_supports(int32_t isa);

/* ---- Threads ------------------------------------------------------------ */

typedef struct sextant_pool sextant_pool;

/* A pool of `threads` threads, the caller of parallel_for being one of them;
   0 takes one for each CPU this process may run on. Null where `threads` is out
   of range or the threads could not be started. */
sextant_pool *sextant_pool_create(int32_t threads);
int32_t sextant_pool_threads(const sextant_pool *pool);

/* What launch.parallel_for wants, `pool` being the sextant_pool. Tasks are
   claimed one by one in index order, so put heavy ones first. Calls from
   several threads take turns; a call from inside a task of the same pool, or
   in a forked child, runs serially as thread 0. */
int sextant_pool_parallel_for(void *pool, int64_t n, sextant_task task,
                              void *ctx);

/* No call may be in flight. Null is allowed. */
void sextant_pool_destroy(sextant_pool *pool);

/* ---- Caches ------------------------------------------------------------- */

/* A cache is a tensor of the caller, batch x heads x capacity x channels, of
   which the first `lengths[b]` rows of batch entry b are in use. A kernel reads
   it as a view: the same data and strides, with the length in use as the extent
   of dimension 2.

   Copies `rows`, batch x heads x n x channels, behind the rows in use and adds
   n to each length. `n_lengths` is 1 (one length for all) or the batch extent.
   Any strides that are not negative; elements of any type of whole bytes. A
   length that is negative or past the capacity, rows that do not fit, extents
   or types that differ and memory that overlaps are INVALID_ARGUMENT, and then
   neither the cache nor a length has changed. */
sextant_status sextant_append(const DLTensor *rows, DLTensor *cache,
                              int64_t *lengths, int32_t n_lengths,
                              char *message, size_t message_bytes);

/* ---- Packed segments ---------------------------------------------------- */

/* The ids that a mask over segments reads, of segments packed one behind the
   other without padding. `offsets` holds `n_offsets` cumulative lengths, one
   more than there are segments: 0 first, then where each ends, `n_tokens` last;
   a segment may be empty.

   ids[t] becomes the number of the segment of token t and positions[t], unless
   `positions` is null, the number of tokens before t in it. Offsets that start
   elsewhere, decrease or overrun are INVALID_ARGUMENT, and then nothing has
   been written. */
sextant_status sextant_segment_ids(const int32_t *offsets, int64_t n_offsets,
                                   int64_t n_tokens, int32_t *ids,
                                   int32_t *positions, char *message,
                                   size_t message_bytes);

/* ---- Manifests ---------------------------------------------------------- */

/* One argument or result of a kernel, as the manifest declares it. */
typedef struct {
  const char *name;
  /* "f32", "bf16", "i32" ... */
  const char *dtype;
  DLDataType type;
  int32_t rank;
  /* The extent of every dimension, -1 where it is known at run time only. */
  const int64_t *extents;
  /* The name of every dimension that is -1 above, null for the others. Equal
     names must have equal extents. */
  const char *const *symbols;
} sextant_argument_info;

typedef struct {
  const char *name;
  const char *description;
  int32_t n_in, n_out, n_isas;
  const sextant_argument_info *in;
  const sextant_argument_info *out;
  /* Best first, "generic" last. */
  const char *const *isas;
} sextant_kernel_info;

typedef struct sextant_manifest sextant_manifest;

/* Reads the manifest out of an artifact without loading it. Its code is not
   looked at; sextant_load is stricter. */
sextant_status sextant_manifest_read(const char *path,
                                     sextant_manifest **manifest, char *message,
                                     size_t message_bytes);

/* Reads a manifest that lies in memory: `bytes` bytes from its header on. */
sextant_status sextant_manifest_parse(const void *blob, size_t bytes,
                                      sextant_manifest **manifest,
                                      char *message, size_t message_bytes);

void sextant_manifest_close(sextant_manifest *manifest);

/* What the queries return lives as long as the manifest. */
const char *sextant_manifest_producer(const sextant_manifest *manifest);
const char *sextant_manifest_json(const sextant_manifest *manifest);
int32_t sextant_manifest_kernels(const sextant_manifest *manifest);
/* Null where `index` is out of range. */
const sextant_kernel_info *
sextant_manifest_kernel(const sextant_manifest *manifest, int32_t index);
/* Null where there is no kernel of that name. */
const sextant_kernel_info *
sextant_manifest_find(const sextant_manifest *manifest, const char *name);

/* ---- Loading ------------------------------------------------------------ */

typedef struct sextant_lib sextant_lib;

/* Loads an artifact. Loading is running code: only load what you would run.
   The file itself is checked before any of it is mapped as code: a regular file
   (no symbolic link), owned by this user or root, not writable by others; ELF
   for this machine; a manifest with this format, ABI and hash; no needed
   library, no undefined symbol, no constructor, no text relocation, no
   thread-local storage. What fails is ARTIFACT_REJECTED by name of the rule. */
sextant_status sextant_load(const char *path, sextant_lib **lib, char *message,
                            size_t message_bytes);

/* The three functions of the kernel `name`; null where there is none. */
sextant_fn sextant_lib_function(const sextant_lib *lib, const char *name);
sextant_workspace_fn sextant_lib_workspace(const sextant_lib *lib,
                                           const char *name);
sextant_shapes_fn sextant_lib_shapes(const sextant_lib *lib, const char *name);

/* Lives as long as the library. */
const sextant_manifest *sextant_lib_manifest(const sextant_lib *lib);

/* Functions taken from the library must not run any more. Null is allowed. */
void sextant_close(sextant_lib *lib);

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_H */
