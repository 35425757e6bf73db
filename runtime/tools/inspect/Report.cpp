// Formats what is known of an artifact.
#include "runtime/tools/inspect/Report.h"

#include "runtime/Core/Manifest.h"

#include <algorithm>
#include <cstdio>

namespace sextant::runtime {
namespace {

/// The ISA that a call without a wish takes on this CPU; empty where none runs
/// or the name is of a later version.
std::string chooseIsa(const sextant_kernel_info &kernel) {
  for (int32_t i = 0; i < kernel.n_isas; ++i)
    for (int32_t isa = SEXTANT_ISA_GENERIC; sextant_isa_name(isa); ++isa)
      if (std::string(kernel.isas[i]) == sextant_isa_name(isa) &&
          sextant_cpu_supports(isa))
        return kernel.isas[i];
  return {};
}

std::string join(const std::vector<std::string> &words) {
  std::string result;
  for (const std::string &word : words)
    result += (result.empty() ? "" : ", ") + word;
  return words.empty() ? "none" : result;
}

std::string formatShape(const sextant_argument_info &argument) {
  std::string result = "[";
  for (int32_t d = 0; d < argument.rank; ++d) {
    result += d ? ", " : "";
    result += argument.symbols[d] ? argument.symbols[d]
                                  : std::to_string(argument.extents[d]);
  }
  return result + "]";
}

std::string formatArguments(const char *kind,
                            const sextant_argument_info *arguments,
                            int32_t count) {
  std::string result;
  for (int32_t i = 0; i < count; ++i)
    result += std::string("  ") + kind + " " + arguments[i].name + ": " +
              arguments[i].dtype + " " + formatShape(arguments[i]) + "\n";
  return result;
}

std::string formatKernel(const sextant_kernel_info &kernel) {
  std::string result = std::string("kernel ") + kernel.name + "\n";
  if (*kernel.description)
    result += std::string("  description: ") + kernel.description + "\n";
  result += formatArguments("input", kernel.in, kernel.n_in);
  result += formatArguments("output", kernel.out, kernel.n_out);
  const std::string chosen = chooseIsa(kernel);
  result += "  isas: ";
  for (int32_t i = 0; i < kernel.n_isas; ++i) {
    result += i ? ", " : "";
    result += kernel.isas[i];
    result += kernel.isas[i] == chosen ? " (runs here)" : "";
  }
  return result + "\n";
}

/// The symbols a user can call or read, sorted.
std::vector<std::string> sortedExports(const ArtifactFile &artifact) {
  std::vector<std::string> names = artifact.elf.exports;
  std::sort(names.begin(), names.end());
  return names;
}

std::string quote(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", byte);
      result += escape;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string quoteList(const std::vector<std::string> &words) {
  std::string result = "[";
  for (const std::string &word : words)
    result += (result.size() > 1 ? ", " : "") + quote(word);
  return result + "]";
}

} // namespace

std::string formatText(const std::string &path, const ArtifactFile &artifact,
                       const std::vector<std::string> &faults) {
  const ElfFile &elf = artifact.elf;
  std::string result = path + ": sextant artifact for " + elf.machine + ", " +
                       std::to_string(artifact.bytes.size()) + " bytes\n";
  result += "producer: " + artifact.manifest->producer + "\n";
  for (const sextant_kernel_info &kernel : artifact.manifest->kernels)
    result += formatKernel(kernel);
  result += "exported symbols: " + join(sortedExports(artifact)) + "\n";
  result += "needed libraries: " + join(elf.needed) + "\n";
  result += "undefined symbols: " + join(elf.undefined) + "\n";
  result += "load-time hazards: " + join(elf.hazards) + "\n";
  result += faults.empty() ? "verdict: loadable\n" : "verdict: rejected\n";
  return result;
}

std::string formatJson(const std::string &path, const ArtifactFile &artifact,
                       const std::vector<std::string> &faults) {
  const ElfFile &elf = artifact.elf;
  std::string runs;
  for (const sextant_kernel_info &kernel : artifact.manifest->kernels)
    runs += (runs.empty() ? "" : ", ") + quote(kernel.name) + ": " +
            quote(chooseIsa(kernel));
  return "{\"path\": " + quote(path) +
         ",\n \"machine\": " + quote(elf.machine) +
         ",\n \"bytes\": " + std::to_string(artifact.bytes.size()) +
         ",\n \"manifest\": " + artifact.manifest->json +
         ",\n \"runs_here\": {" + runs +
         "},\n \"exports\": " + quoteList(sortedExports(artifact)) +
         ",\n \"needed\": " + quoteList(elf.needed) +
         ",\n \"undefined\": " + quoteList(elf.undefined) +
         ",\n \"hazards\": " + quoteList(elf.hazards) +
         ",\n \"faults\": " + quoteList(faults) + "}\n";
}

} // namespace sextant::runtime
