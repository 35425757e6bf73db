// What sextant-inspect says about an artifact, as text and as JSON.
#ifndef SEXTANT_RUNTIME_TOOLS_INSPECT_REPORT_H
#define SEXTANT_RUNTIME_TOOLS_INSPECT_REPORT_H

#include "runtime/Core/ArtifactFile.h"

#include <string>
#include <vector>

namespace sextant::runtime {

/// Kernels with their arguments and ISAs, exported symbols, hygiene, verdict.
std::string formatText(const std::string &path, const ArtifactFile &artifact,
                       const std::vector<std::string> &faults);

/// The same as one JSON object; `manifest` in it is the artifact's own.
std::string formatJson(const std::string &path, const ArtifactFile &artifact,
                       const std::vector<std::string> &faults);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_TOOLS_INSPECT_REPORT_H
