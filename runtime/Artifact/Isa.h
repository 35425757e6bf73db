/* What this CPU, under this operating system, can run. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_ISA_H
#define SEXTANT_RUNTIME_ARTIFACT_ISA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The SEXTANT_CPU_ bits that hold here; 0 on CPUs other than x86-64. */
uint32_t sextant_artifact_cpu_bits(void);

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_ISA_H */
