// What the loader and sextant-inspect want to know of a shared object, read
// from its bytes alone.
#ifndef SEXTANT_RUNTIME_CORE_ELFFILE_H
#define SEXTANT_RUNTIME_CORE_ELFFILE_H

#include "runtime/Core/Failure.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::runtime {

/// A loadable segment that is mapped without write permission: its bytes in
/// memory stay what they are in the file.
struct ElfConstantSegment {
  uint64_t address, offset, bytes;
};

struct ElfFile {
  /// "x86-64" and so on.
  std::string machine;
  /// Names of the defined and of the undefined dynamic symbols.
  std::vector<std::string> exports, undefined;
  /// DT_NEEDED.
  std::vector<std::string> needed;
  /// What would make the dynamic linker run code of the file, or treat it
  /// other than as plain position-independent code and constants: one phrase
  /// each ("init_array", "text relocation").
  std::vector<std::string> hazards;
  std::vector<ElfConstantSegment> constantSegments;
  /// The contents of the manifest section, a view into the file.
  std::string_view manifest;
};

/// Parses the shared object `file`. Fails for what is not a 64-bit
/// little-endian ELF shared object of `machine` (an EM_ number), is cut off,
/// contradicts itself or has no manifest section; all offsets are checked.
Failure parseElf(std::string_view file, uint16_t machine, ElfFile &elf);

/// The EM_ number of the machine this runs on.
uint16_t hostMachine();

/// Everything that disqualifies `elf` from being loaded, one phrase each, in
/// the order of severity; empty for a clean artifact.
std::vector<std::string> findHygieneFaults(const ElfFile &elf);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_ELFFILE_H
