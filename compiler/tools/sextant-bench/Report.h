//===- Report.h - Results as JSON and as tables -----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_REPORT_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_REPORT_H

#include "compiler/tools/sextant-bench/BenchOptions.h"
#include "compiler/tools/sextant-bench/Results.h"

namespace sextant {

/// Everything: machine, method, and each case with its spreads.
llvm::json::Value jsonReport(const BenchOptions &options,
                             llvm::json::Object machine,
                             llvm::ArrayRef<CaseResult> results);

/// The cases with their libraries, as --prepare writes them.
llvm::json::Value preparedCases(llvm::json::Object machine,
                                llvm::ArrayRef<CaseResult> results);

/// One table a group, of kernels and of pairs.
std::string markdownReport(const llvm::json::Object &machine,
                           llvm::ArrayRef<CaseResult> results);

/// One line on one result.
std::string summary(const CaseResult &result);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_BENCH_REPORT_H
