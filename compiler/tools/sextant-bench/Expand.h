//===- Expand.h - Variables in the text of a suite --------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_EXPAND_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_EXPAND_H

#include "compiler/tools/sextant-bench/Suite.h"
#include "llvm/Support/Error.h"

namespace sextant {

/// `text` with every ${name} replaced by its value, whose own names are
/// replaced too. An error names what no variable stands for.
llvm::Expected<std::string> expand(llvm::StringRef text,
                                   const Variables &variables);

/// Adds the members of a JSON object, strings and numbers, to `variables`;
/// those that are there already are replaced.
llvm::Error assign(const llvm::json::Value &values, Variables &variables);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_EXPAND_H
