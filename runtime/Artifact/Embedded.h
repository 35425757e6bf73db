/* This folder's C files, compiled, as data for the compiler to put into every
   artifact (library target SextantArtifact). */
#ifndef SEXTANT_RUNTIME_ARTIFACT_EMBEDDED_H
#define SEXTANT_RUNTIME_ARTIFACT_EMBEDDED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ELF objects, one for each architecture, position independent; every symbol in
   them is hidden, none is undefined. Linking one beside a kernel's object costs
   next to nothing; generating its code again takes 0.15 s a kernel. */
extern const unsigned char sextantArtifact_x86_64[];
extern const size_t sextantArtifact_x86_64Size;
extern const unsigned char sextantArtifact_aarch64[];
extern const size_t sextantArtifact_aarch64Size;

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_EMBEDDED_H */
