//===- Header.cpp - The C header of an artifact ---------------------------===//

#include "compiler/ToObject/Header.h"
#include "runtime/Artifact/Kernel.h"
#include "llvm/ADT/StringExtras.h"

using namespace sextant;

/// `out.h` becomes SEXTANT_GENERATED_OUT_H.
static std::string guardOf(llvm::StringRef fileName) {
  std::string guard = "SEXTANT_GENERATED_";
  for (char c : fileName)
    guard += llvm::isAlnum(c) ? llvm::toUpper(c) : '_';
  return guard;
}

/// Text inside a comment must not end it.
static std::string commentSafe(llvm::StringRef text) {
  std::string safe;
  for (char c : text) {
    if (c == '/' && !safe.empty() && safe.back() == '*')
      safe += ' ';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

static void writeArguments(const EntryDescription &entry,
                           llvm::ArrayRef<ArgumentDescription> arguments,
                           llvm::StringRef array, llvm::raw_ostream &os) {
  for (auto [place, argument] : llvm::enumerate(arguments)) {
    os << "     " << array << "[" << place << "] " << argument.name << ": "
       << argument.dtype << " [";
    llvm::interleaveComma(argument.dims, os,
                          [&](const DimensionDescription &dim) {
                            if (dim.symbol >= 0)
                              os << entry.symbols[dim.symbol];
                            else
                              os << dim.extent;
                          });
    os << "]";
    if (argument.position)
      os << ", positions from -2^24 to 2^24";
    os << "\n";
  }
}

static void writeRelations(const EntryDescription &entry,
                           llvm::raw_ostream &os) {
  for (const RelationDescription &relation : entry.relations)
    os << "     " << entry.symbols[relation.left]
       << (relation.kind == SEXTANT_RELATION_MULTIPLE ? " is a multiple of "
                                                      : " is at most ")
       << entry.symbols[relation.right] << "\n";
}

static void writeKernel(const EntryDescription &entry, llvm::raw_ostream &os) {
  os << "\n/* " << entry.name;
  if (!entry.description.empty())
    os << ": " << commentSafe(entry.description);
  os << "\n\n   Equal letters are equal extents. Any strides; an output "
        "overlaps no other\n   tensor.\n";
  writeArguments(entry, entry.ins(), "in", os);
  writeArguments(entry, entry.outs(), "out", os);
  writeRelations(entry, os);
  os << "   Instruction sets: ";
  llvm::interleaveComma(entry.variants, os,
                        [&](const VariantDescription &variant) {
                          os << variant.target->runtimeName;
                        });
  os << ". */\n";
  os << "enum { " << entry.name << "_n_in = " << entry.ins().size() << ", "
     << entry.name << "_n_out = " << entry.outs().size() << " };\n\n";

  const char *parameters = "const DLTensor *const *in, int32_t n_in,\n"
                           "    DLTensor *const *out, int32_t n_out,\n"
                           "    const sextant_launch *launch";
  os << "/* Computes the outputs (sextant_fn). */\nsextant_status "
     << entry.name << "(\n    " << parameters << ");\n\n";
  os << "/* Says how many bytes of workspace that takes "
        "(sextant_workspace_fn). */\nsextant_status "
     << entry.name << "_workspace(\n    " << parameters
     << ", size_t *bytes);\n\n";
  os << "/* Writes the shapes of the outputs (sextant_shapes_fn). */\n"
        "sextant_status "
     << entry.name << "_shapes(\n    " << parameters << ");\n";
}

void sextant::writeHeader(llvm::ArrayRef<EntryDescription> entries,
                          llvm::StringRef fileName, llvm::raw_ostream &os) {
  const std::string guard = guardOf(fileName);
  os << "/* Made by sextantc " SEXTANT_VERSION "; changes are lost. */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include \"sextant_runtime.h\"\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  for (const EntryDescription &entry : entries)
    writeKernel(entry, os);
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}
