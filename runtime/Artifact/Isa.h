/* What this CPU, under this operating system, can run. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_ISA_H
#define SEXTANT_RUNTIME_ARTIFACT_ISA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Those SEXTANT_CPU_ bits of `required` that do not hold here; all of them on
   CPUs other than x86-64. The first time that AMX is required, the operating
   system is asked to let this process use it. */
uint32_t sextant_artifact_missing_bits(uint32_t required);

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_ISA_H */
