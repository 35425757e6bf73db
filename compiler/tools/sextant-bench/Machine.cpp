//===- Machine.cpp - Where a result was measured --------------------------===//

#include "compiler/tools/sextant-bench/Machine.h"
#include "compiler/Target/TargetRegistry.h"
#include "runtime/sextant_runtime.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdlib>
#include <thread>
#include <unistd.h>

using namespace sextant;
namespace json = llvm::json;

/// The value of the first line "KEY : VALUE" of /proc/cpuinfo.
static std::string cpuInfo(llvm::StringRef key) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file =
      llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!file)
    return "";
  llvm::StringRef rest = (*file)->getBuffer();
  while (!rest.empty()) {
    llvm::StringRef line;
    std::tie(line, rest) = rest.split('\n');
    const auto [name, value] = line.split(':');
    if (name.trim() == key)
      return value.trim().str();
  }
  return "";
}

static json::Value numberOrNull(const std::string &text) {
  double value = 0;
  if (llvm::StringRef(text).getAsDouble(value))
    return nullptr;
  return value;
}

static json::Value cacheBytes(int name) {
  const long bytes = sysconf(name);
  return bytes > 0 ? json::Value(int64_t(bytes)) : json::Value(nullptr);
}

json::Object sextant::describeMachine() {
  double load[3] = {};
  const int loads = getloadavg(load, 3);
  return json::Object{
      {"cpu", cpuInfo("model name")},
      {"tuned_as", hostTuning().str()},
      {"isa", hostTarget().runtimeName.str()},
      {"cores", int64_t(std::thread::hardware_concurrency())},
      {"clock_mhz", numberOrNull(cpuInfo("cpu MHz"))},
      {"l1d_bytes", cacheBytes(_SC_LEVEL1_DCACHE_SIZE)},
      {"l2_bytes", cacheBytes(_SC_LEVEL2_CACHE_SIZE)},
      {"l3_bytes", cacheBytes(_SC_LEVEL3_CACHE_SIZE)},
      {"load_at_start", json::Array(llvm::ArrayRef(load, std::max(loads, 0)))},
      {"compiler", std::string("Sextant ") + sextant_version() +
                       ", LLVM " LLVM_VERSION_STRING}};
}
