/* This folder's C files, compiled, as data for the compiler to put into every
   artifact (library target SextantArtifact). */
#ifndef SEXTANT_RUNTIME_ARTIFACT_EMBEDDED_H
#define SEXTANT_RUNTIME_ARTIFACT_EMBEDDED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An ELF object for x86-64, position independent; every symbol in it is hidden,
   none is undefined. Linking it beside a kernel's object costs next to nothing;
   generating its code again from the bitcode takes 0.15 s a kernel. */
extern const unsigned char sextantArtifactObject[];
extern const size_t sextantArtifactObjectSize;

/* The same before code generation. memcpy, memmove, memset and memcmp are in
   llvm.compiler.used, so they survive until calls to them may appear. */
extern const unsigned char sextantArtifactBitcode[];
extern const size_t sextantArtifactBitcodeSize;

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_EMBEDDED_H */
