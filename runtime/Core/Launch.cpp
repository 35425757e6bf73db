// Names, versions, and the launch a program starts from.
#include "runtime/Artifact/Isa.h"
#include "runtime/Artifact/Kernel.h"
#include "runtime/Core/Failure.h"

#include <cstdlib>

namespace {

struct IsaEntry {
  int32_t isa;
  const char *name;
  uint32_t requiredBits;
};

constexpr IsaEntry isas[] = {
    {SEXTANT_ISA_AUTO, "auto", 0},
    {SEXTANT_ISA_GENERIC, "generic", 0},
    {SEXTANT_ISA_X86_64_V3, "x86-64-v3", SEXTANT_CPU_X86_64_V3},
    {SEXTANT_ISA_X86_64_V4, "x86-64-v4", SEXTANT_CPU_X86_64_V4},
    {SEXTANT_ISA_X86_64_V4_BF16, "x86-64-v4-bf16",
     SEXTANT_CPU_X86_64_V4 | SEXTANT_CPU_AVX512BF16},
    {SEXTANT_ISA_X86_64_V4_AMX, "x86-64-v4-amx",
     SEXTANT_CPU_X86_64_V4 | SEXTANT_CPU_AVX512BF16 | SEXTANT_CPU_AMX_BF16}};

const IsaEntry *findIsa(int32_t isa) {
  for (const IsaEntry &entry : isas)
    if (entry.isa == isa)
      return &entry;
  return nullptr;
}

} // namespace

using namespace sextant::runtime;

const char *sextant_version(void) { return SEXTANT_VERSION; }

const char *sextant_status_name(sextant_status status) {
  switch (status) {
  case SEXTANT_OK:
    return "ok";
  case SEXTANT_INVALID_ARGUMENT:
    return "invalid argument";
  case SEXTANT_UNSUPPORTED:
    return "unsupported";
  case SEXTANT_ARTIFACT_REJECTED:
    return "artifact rejected";
  case SEXTANT_RESOURCE_EXHAUSTED:
    return "resource exhausted";
  case SEXTANT_DEVICE_ERROR:
    return "device error";
  case SEXTANT_INTERNAL:
    return "internal error";
  }
  return "unknown status";
}

const char *sextant_isa_name(int32_t isa) {
  const IsaEntry *entry = findIsa(isa);
  return entry ? entry->name : nullptr;
}

int sextant_cpu_supports(int32_t isa) {
  const IsaEntry *entry = findIsa(isa);
  return entry && !sextant_artifact_missing_bits(entry->requiredBits);
}

sextant_status sextant_default_launch(sextant_launch *launch, char *message,
                                      size_t message_bytes) {
  return report(message, message_bytes, [&]() -> Failure {
    if (!launch)
      return Failure::invalid("launch: expected a place for it, got null");
    *launch = SEXTANT_LAUNCH_INIT;
    const char *wanted = std::getenv("SEXTANT_ISA");
    if (!wanted || !*wanted)
      return Failure::none();
    std::string known;
    for (const IsaEntry &entry : isas) {
      if (!std::strcmp(wanted, entry.name)) {
        launch->isa = entry.isa;
        return Failure::none();
      }
      known += known.empty() ? "" : ", ";
      known += entry.name;
    }
    return {SEXTANT_UNSUPPORTED,
            "SEXTANT_ISA: expected one of " + known + ", got '" + wanted + "'"};
  });
}
