// Turns the bytes of a manifest into the tables of the C API.
#include "runtime/Core/Manifest.h"

#include "runtime/Artifact/Kernel.h"
#include "runtime/Artifact/Manifest.h"
#include "runtime/Core/Json.h"
#include "runtime/Core/Sha256.h"

namespace sextant::runtime {
namespace {

struct TypeName {
  const char *name;
  uint8_t code, bits;
};

constexpr TypeName typeNames[] = {
    {"bf16", kDLBfloat, 16}, {"bool", kDLBool, 8},  {"f16", kDLFloat, 16},
    {"f32", kDLFloat, 32},   {"f64", kDLFloat, 64}, {"i16", kDLInt, 16},
    {"i32", kDLInt, 32},     {"i64", kDLInt, 64},   {"i8", kDLInt, 8},
    {"u16", kDLUInt, 16},    {"u32", kDLUInt, 32},  {"u64", kDLUInt, 64},
    {"u8", kDLUInt, 8}};

constexpr int64_t maxExtent = int64_t(1) << 40;

class ManifestReader {
public:
  explicit ManifestReader(sextant_manifest &manifest) : manifest(manifest) {}

  Failure read(const JsonValue &root) {
    if (root.kind != JsonValue::Kind::Object)
      return fail("expected an object");
    const JsonValue *kernels;
    if (Failure failure = getString(root, "producer", manifest.producer))
      return failure;
    if (Failure failure = getArray(root, "kernels", kernels))
      return failure;
    for (const JsonValue &kernel : kernels->elements)
      if (Failure failure = readKernel(kernel))
        return failure;
    return Failure::none();
  }

private:
  static Failure fail(const std::string &what) {
    return Failure::rejected("manifest: " + what);
  }

  static Failure getString(const JsonValue &object, const char *key,
                           std::string &string) {
    const JsonValue *value = object.find(key);
    if (!value || value->kind != JsonValue::Kind::String)
      return fail(std::string("expected a string '") + key + "'");
    string = value->string;
    return Failure::none();
  }

  static Failure getArray(const JsonValue &object, const char *key,
                          const JsonValue *&array) {
    array = object.find(key);
    if (!array || array->kind != JsonValue::Kind::Array)
      return fail(std::string("expected an array '") + key + "'");
    return Failure::none();
  }

  const char *keep(std::string string) {
    manifest.strings.push_back(std::move(string));
    return manifest.strings.back().c_str();
  }

  Failure keepString(const JsonValue &object, const char *key,
                     const char *&kept) {
    std::string string;
    if (Failure failure = getString(object, key, string))
      return failure;
    kept = keep(std::move(string));
    return Failure::none();
  }

  Failure readKernel(const JsonValue &object) {
    sextant_kernel_info kernel = {};
    if (Failure failure = keepString(object, "name", kernel.name))
      return failure;
    const std::string name = kernel.name;
    if (name.empty())
      return fail("a kernel has an empty name");
    for (const sextant_kernel_info &other : manifest.kernels)
      if (name == other.name)
        return fail("two kernels are named '" + name + "'");
    if (Failure failure = keepString(object, "description", kernel.description))
      return failure;
    if (Failure failure = readIsas(object, kernel))
      return failure;
    if (Failure failure =
            readArguments(object, "inputs", name, kernel.in, kernel.n_in))
      return failure;
    if (Failure failure =
            readArguments(object, "outputs", name, kernel.out, kernel.n_out))
      return failure;
    if (kernel.n_in + kernel.n_out > SEXTANT_MAX_ARGUMENTS)
      return fail("kernel '" + name + "' has more than " +
                  std::to_string(SEXTANT_MAX_ARGUMENTS) + " arguments");
    manifest.kernels.push_back(kernel);
    return Failure::none();
  }

  Failure readIsas(const JsonValue &object, sextant_kernel_info &kernel) {
    const JsonValue *isas;
    if (Failure failure = getArray(object, "isas", isas))
      return failure;
    std::vector<const char *> names;
    for (const JsonValue &isa : isas->elements) {
      if (isa.kind != JsonValue::Kind::String)
        return fail("expected strings in 'isas'");
      names.push_back(keep(isa.string));
    }
    if (names.empty())
      return fail(std::string("kernel '") + kernel.name +
                  "': expected an instruction set in 'isas'");
    kernel.n_isas = int32_t(names.size());
    manifest.names.push_back(std::move(names));
    kernel.isas = manifest.names.back().data();
    return Failure::none();
  }

  Failure readArguments(const JsonValue &object, const char *key,
                        const std::string &kernel,
                        const sextant_argument_info *&table, int32_t &count) {
    const JsonValue *array;
    if (Failure failure = getArray(object, key, array))
      return failure;
    if (array->elements.size() > SEXTANT_MAX_ARGUMENTS)
      return fail("kernel '" + kernel + "' has more than " +
                  std::to_string(SEXTANT_MAX_ARGUMENTS) + " " + key);
    std::vector<sextant_argument_info> arguments;
    for (const JsonValue &element : array->elements) {
      sextant_argument_info argument = {};
      if (Failure failure = readArgument(element, argument))
        return failure;
      arguments.push_back(argument);
    }
    count = int32_t(arguments.size());
    manifest.arguments.push_back(std::move(arguments));
    table = manifest.arguments.back().data();
    return Failure::none();
  }

  Failure readArgument(const JsonValue &object,
                       sextant_argument_info &argument) {
    if (Failure failure = keepString(object, "name", argument.name))
      return failure;
    const std::string name = argument.name;
    if (Failure failure = keepString(object, "dtype", argument.dtype))
      return failure;
    if (!parseDataType(argument.dtype, argument.type))
      return fail("argument '" + name + "': unknown dtype '" + argument.dtype +
                  "'");
    const JsonValue *shape;
    if (Failure failure = getArray(object, "shape", shape))
      return failure;
    if (shape->elements.size() > SEXTANT_MAX_RANK)
      return fail("argument '" + name + "': expected a rank of at most " +
                  std::to_string(SEXTANT_MAX_RANK) + ", got " +
                  std::to_string(shape->elements.size()));
    std::vector<int64_t> extents;
    std::vector<const char *> symbols;
    for (const JsonValue &dim : shape->elements) {
      const bool isSymbol = dim.kind == JsonValue::Kind::String;
      if (isSymbol ? dim.string.empty()
                   : dim.kind != JsonValue::Kind::Integer || dim.integer < 0 ||
                         dim.integer > maxExtent)
        return fail("argument '" + name + "' dim " +
                    std::to_string(extents.size()) +
                    ": expected a name or an extent from 0 to " +
                    std::to_string(maxExtent));
      extents.push_back(isSymbol ? -1 : dim.integer);
      symbols.push_back(isSymbol ? keep(dim.string) : nullptr);
    }
    argument.rank = int32_t(extents.size());
    manifest.extents.push_back(std::move(extents));
    manifest.names.push_back(std::move(symbols));
    argument.extents = manifest.extents.back().data();
    argument.symbols = manifest.names.back().data();
    return Failure::none();
  }

  sextant_manifest &manifest;
};

Failure checkHeader(std::string_view blob, sextant_manifest_header &header) {
  if (blob.size() < sizeof(header))
    return Failure::rejected("manifest header: expected " +
                             std::to_string(sizeof(header)) + " bytes, got " +
                             std::to_string(blob.size()));
  std::memcpy(&header, blob.data(), sizeof(header));
  if (std::memcmp(header.magic, SEXTANT_MANIFEST_MAGIC, sizeof(header.magic)))
    return Failure::rejected("manifest header: bad magic");
  if (header.version != SEXTANT_MANIFEST_VERSION)
    return Failure::rejected("manifest version: expected " +
                             std::to_string(SEXTANT_MANIFEST_VERSION) +
                             ", got " + std::to_string(header.version));
  if (header.abi != SEXTANT_ABI_VERSION)
    return Failure::rejected("artifact abi: expected " +
                             std::to_string(SEXTANT_ABI_VERSION) + ", got " +
                             std::to_string(header.abi));
  const uint64_t room = blob.size() - sizeof(header);
  if (header.json_bytes > room ||
      header.json_bytes > SEXTANT_MANIFEST_MAX_BYTES)
    return Failure::rejected("manifest length: expected at most " +
                             std::to_string(room) + ", got " +
                             std::to_string(header.json_bytes));
  return Failure::none();
}

} // namespace

bool parseDataType(std::string_view name, DLDataType &type) {
  for (const TypeName &entry : typeNames)
    if (name == entry.name) {
      type = {entry.code, entry.bits, 1};
      return true;
    }
  return false;
}

std::string dataTypeName(DLDataType type) {
  for (const TypeName &entry : typeNames)
    if (entry.code == type.code && entry.bits == type.bits && type.lanes == 1)
      return entry.name;
  return {};
}

Failure parseManifest(std::string_view blob,
                      std::unique_ptr<sextant_manifest> &manifest) {
  sextant_manifest_header header;
  if (Failure failure = checkHeader(blob, header))
    return failure;
  const std::string_view json = blob.substr(sizeof(header), header.json_bytes);
  const auto digest = sha256(json.data(), json.size());
  if (std::memcmp(digest.data(), header.sha256, digest.size()))
    return Failure::rejected("manifest hash: expected the sha-256 of its text");
  JsonValue root;
  if (Failure failure = parseJson(json, root))
    return Failure::rejected("manifest: " + failure.message);
  auto result = std::make_unique<sextant_manifest>();
  result->json = std::string(json);
  if (Failure failure = ManifestReader(*result).read(root))
    return failure;
  manifest = std::move(result);
  return Failure::none();
}

} // namespace sextant::runtime

using namespace sextant::runtime;

sextant_status sextant_manifest_parse(const void *blob, size_t bytes,
                                      sextant_manifest **manifest,
                                      char *message, size_t message_bytes) {
  return report(message, message_bytes, [&]() -> Failure {
    if (!manifest)
      return Failure::invalid("manifest: expected a place for it, got null");
    *manifest = nullptr;
    if (!blob)
      return Failure::invalid("blob: expected an address, got null");
    std::unique_ptr<sextant_manifest> result;
    if (Failure failure =
            parseManifest({static_cast<const char *>(blob), bytes}, result))
      return failure;
    *manifest = result.release();
    return Failure::none();
  });
}

void sextant_manifest_close(sextant_manifest *manifest) { delete manifest; }

const char *sextant_manifest_producer(const sextant_manifest *manifest) {
  return manifest->producer.c_str();
}

const char *sextant_manifest_json(const sextant_manifest *manifest) {
  return manifest->json.c_str();
}

int32_t sextant_manifest_kernels(const sextant_manifest *manifest) {
  return int32_t(manifest->kernels.size());
}

const sextant_kernel_info *
sextant_manifest_kernel(const sextant_manifest *manifest, int32_t index) {
  if (index < 0 || index >= sextant_manifest_kernels(manifest))
    return nullptr;
  return &manifest->kernels[size_t(index)];
}

const sextant_kernel_info *
sextant_manifest_find(const sextant_manifest *manifest, const char *name) {
  for (const sextant_kernel_info &kernel : manifest->kernels)
    if (name && !std::strcmp(kernel.name, name))
      return &kernel;
  return nullptr;
}
