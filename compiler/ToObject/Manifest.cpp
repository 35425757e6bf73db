//===- Manifest.cpp - What an artifact says about itself ------------------===//

#include "compiler/ToObject/Manifest.h"
#include "runtime/Artifact/Manifest.h"
#include "runtime/sextant_runtime.h"
#include "llvm/IR/Constants.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

static void writeArguments(llvm::json::OStream &json,
                           const EntryDescription &entry,
                           llvm::ArrayRef<ArgumentDescription> arguments) {
  for (const ArgumentDescription &argument : arguments)
    json.object([&] {
      json.attribute("name", argument.name);
      json.attribute("dtype", argument.dtype);
      json.attributeArray("shape", [&] {
        for (const DimensionDescription &dim : argument.dims) {
          if (dim.symbol >= 0)
            json.value(entry.symbols[dim.symbol]);
          else
            json.value(dim.extent);
        }
      });
      if (argument.position)
        json.attribute("position", true);
    });
}

std::string sextant::manifestJson(llvm::ArrayRef<EntryDescription> entries) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("producer", "sextantc " SEXTANT_VERSION);
    json.attributeArray("kernels", [&] {
      for (const EntryDescription &entry : entries)
        json.object([&] {
          json.attribute("name", entry.name);
          json.attribute("description", entry.description);
          json.attributeArray("isas", [&] {
            for (const VariantDescription &variant : entry.variants)
              json.value(variant.target->runtimeName);
          });
          json.attributeArray(
              "inputs", [&] { writeArguments(json, entry, entry.ins()); });
          json.attributeArray(
              "outputs", [&] { writeArguments(json, entry, entry.outs()); });
        });
    });
  });
  return text;
}

void sextant::addManifest(llvm::Module &module,
                          llvm::ArrayRef<EntryDescription> entries) {
  const std::string json = manifestJson(entries);
  sextant_manifest_header header = {};
  memcpy(header.magic, SEXTANT_MANIFEST_MAGIC, sizeof(header.magic));
  header.version = SEXTANT_MANIFEST_VERSION;
  header.abi = SEXTANT_ABI_VERSION;
  header.json_bytes = json.size();
  llvm::SHA256 hash;
  hash.update(json);
  const auto digest = hash.final();
  static_assert(sizeof(digest) == sizeof(header.sha256));
  memcpy(header.sha256, digest.data(), sizeof(header.sha256));

  std::string bytes(reinterpret_cast<const char *>(&header), sizeof(header));
  bytes += json;
  llvm::Constant *value = llvm::ConstantDataArray::getString(
      module.getContext(), bytes, /*AddNull=*/false);
  auto *variable = new llvm::GlobalVariable(
      module, value->getType(), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, value, SEXTANT_MANIFEST_SYMBOL);
  variable->setSection(SEXTANT_MANIFEST_SECTION);
  variable->setAlignment(llvm::Align(8));
}
