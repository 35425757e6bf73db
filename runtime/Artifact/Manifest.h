/* The manifest: what an artifact says about itself, readable without running
   any of it.

   It is one read-only object in the ELF section `.sextant.manifest`, with the
   exported symbol `sextant_manifest`: the header below and, straight behind it,
   `json_bytes` bytes of JSON (UTF-8, no NUL). All numbers are little endian.

     {"producer": "sextantc 0.1.0",
      "kernels": [
        {"name": "mix",
         "description": "weighted mean of the values",
         "isas": ["x86-64-v4", "generic"],
         "inputs": [{"name": "query", "dtype": "f32",
                     "shape": ["B", "H", "M", 64]}],
         "outputs": [{"name": "result0", "dtype": "f32",
                      "shape": ["B", "H", "M", 64]}]}]}

   A dimension is a number (0 to 2^40) or the name of a symbol; equal names mean
   equal extents. dtype is one of f16 bf16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64
   bool. Every key shown is required; `isas` is best first, with "generic" last
   in a library (a kernel compiled for one machine may do without);
   further keys are ignored, the same key twice is an error. A kernel `mix` has
   the exported functions mix, mix_workspace and mix_shapes. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_MANIFEST_H
#define SEXTANT_RUNTIME_ARTIFACT_MANIFEST_H

#include <stdint.h>

#define SEXTANT_MANIFEST_SECTION ".sextant.manifest"
#define SEXTANT_MANIFEST_SYMBOL "sextant_manifest"
/* Eight bytes, the NUL included. */
#define SEXTANT_MANIFEST_MAGIC "SEXTANT"
/* Goes up when the header or the meaning of a key changes. */
#define SEXTANT_MANIFEST_VERSION 1u
/* A manifest above this is refused by the reader. */
#define SEXTANT_MANIFEST_MAX_BYTES (1u << 20)

typedef struct {
  char magic[8];
  uint32_t version; /* SEXTANT_MANIFEST_VERSION */
  uint32_t abi;     /* SEXTANT_ABI_VERSION */
  uint64_t json_bytes;
  uint8_t sha256[32];      /* of the JSON bytes */
} sextant_manifest_header; /* 56 bytes */

#endif /* SEXTANT_RUNTIME_ARTIFACT_MANIFEST_H */
