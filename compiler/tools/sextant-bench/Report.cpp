//===- Report.cpp - Results as JSON and as tables -------------------------===//

#include "compiler/tools/sextant-bench/Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace sextant;
namespace json = llvm::json;

static json::Object spread(const Series &series, double unit) {
  const Spread s = spreadOf(series);
  size_t calls = 0;
  for (const std::vector<double> &process : series)
    calls += process.size();
  json::Array medians;
  for (const std::vector<double> &process : series)
    medians.push_back(unit * quantile(process, 0.5));
  return json::Object{{"median", unit * s.median},
                      {"lower_quartile", unit * s.lower},
                      {"upper_quartile", unit * s.upper},
                      {"least", unit * s.least},
                      {"most", unit * s.most},
                      {"process_medians", std::move(medians)},
                      {"calls", int64_t(calls)}};
}

static llvm::StringRef unitOf(CeilingKind kind) {
  return kind == CeilingKind::Read ? "GB/s" : "Gflop/s";
}

/// What both forms of JSON say of a case.
static json::Object described(const CaseResult &result) {
  const BenchCase &what = *result.what;
  json::Object variables;
  for (const auto &[name, value] : what.variables)
    variables[name] = value;
  json::Array shapes;
  for (const Shape &shape : what.subject.shapes)
    shapes.push_back(shapeText(shape));
  json::Object object{{"name", what.name},
                      {"group", what.group},
                      {"variables", std::move(variables)},
                      {"inputs", std::move(shapes)},
                      {"threads", what.threads}};
  if (!result.refused.empty()) {
    object["refused"] = result.refused;
    return object;
  }
  const ProcessResult &any = result.processes.front();
  object["isa"] = any.isa;
  object["argument_types"] = any.argumentTypes;
  object["flops"] = any.flops;
  object["bytes"] = any.bytes;
  return object;
}

static json::Object measured(const CaseResult &result) {
  json::Object object = described(result);
  if (!result.refused.empty())
    return object;
  const BenchCase &what = *result.what;
  object["time_ms"] = spread(timesOf(result), 1e3);
  if (what.baseline) {
    object["ratio_to_baseline"] = spread(ratiosOf(result), 1);
    return object;
  }
  json::Object ceiling = spread(ceilingsOf(result), 1);
  ceiling["kind"] = ceilingWord(what.ceiling);
  ceiling["unit"] = unitOf(what.ceiling);
  object["ceiling"] = std::move(ceiling);
  object["peak"] = spread(peaksOf(result), 1);
  const Series shares = sharesOf(result);
  if (shares.empty())
    return object;
  object["rate"] = workOf(result) / spreadOf(timesOf(result)).median * 1e-9;
  object["share_of_ceiling"] = spread(shares, 1);
  object["share_of_peak"] = spread(sharesOfPeak(result), 1);
  return object;
}

json::Value sextant::jsonReport(const BenchOptions &options,
                                json::Object machine,
                                llvm::ArrayRef<CaseResult> results) {
  json::Array cases;
  for (const CaseResult &result : results)
    cases.push_back(measured(result));
  return json::Object{
      {"machine", std::move(machine)},
      {"method",
       json::Object{{"processes", options.processes},
                    {"least_calls", options.repeat},
                    {"clock", "thread CPU time for one thread, else the clock; "
                              "of the whole call, workspace size and checks "
                              "included"},
                    {"median", "of the medians of the processes"},
                    {"quartiles", "of all calls"},
                    {"flops", "2 visible pairs (features + value channels)"},
                    {"ceiling", "the rate that was kept up just before and "
                                "just after a call, for half as long each (5 "
                                "to 100 ms)"},
                    {"peak", "the best burst or pass in them"}}},
      {"cases", std::move(cases)}};
}

json::Value sextant::preparedCases(json::Object machine,
                                   llvm::ArrayRef<CaseResult> results) {
  json::Array cases;
  for (const CaseResult &result : results) {
    json::Object object = described(result);
    object["peers"] = result.what->peers;
    if (result.refused.empty()) {
      object["library"] = result.processes.front().library;
      object["entry"] = result.processes.front().entry;
    }
    cases.push_back(std::move(object));
  }
  return json::Object{{"machine", std::move(machine)},
                      {"cases", std::move(cases)}};
}

static std::string percent(double share) {
  return llvm::formatv("{0:f1} %", 100 * share);
}

std::string sextant::summary(const CaseResult &result) {
  if (!result.refused.empty())
    return "refused: " + result.refused;
  const ProcessResult &any = result.processes.front();
  if (any.samples.empty() && any.pairs.empty())
    return any.library;
  const Spread times = spreadOf(timesOf(result));
  std::string text = llvm::formatv("{0:f3} ms", 1e3 * times.median);
  if (result.what->baseline) {
    const Spread ratios = spreadOf(ratiosOf(result));
    return text + llvm::formatv(", {0:f3} times the baseline (quartiles {1:f3} "
                                "to {2:f3})",
                                ratios.median, ratios.lower, ratios.upper)
                      .str();
  }
  const Series shares = sharesOf(result);
  if (shares.empty())
    return text;
  const Spread share = spreadOf(shares);
  return text + ", " + percent(share.median) + " of " +
         ceilingWord(result.what->ceiling).str() + " (quartiles " +
         percent(share.lower) + " to " + percent(share.upper) + ")";
}

namespace {
using Cells = std::vector<std::string>;
} // namespace

static std::string row(const Cells &cells) {
  return "| " + llvm::join(cells, " | ") + " |\n";
}

static Cells kernelCells(const CaseResult &result) {
  const std::string name = result.what->name;
  if (!result.refused.empty())
    return {name, "refused: " + result.refused, "", "", "", "", ""};
  const Spread times = spreadOf(timesOf(result));
  const Spread ceiling = spreadOf(ceilingsOf(result));
  const llvm::StringRef unit = unitOf(result.what->ceiling);
  Cells cells{
      name, llvm::formatv("{0:f3}", 1e3 * times.median),
      llvm::formatv("{0:f3} to {1:f3}", 1e3 * times.lower, 1e3 * times.upper),
      llvm::formatv("{0:f3}", 1e3 * times.least)};
  const Series shares = sharesOf(result);
  if (shares.empty()) {
    cells.insert(cells.end(), {"", "", ""});
    return cells;
  }
  const Spread share = spreadOf(shares);
  cells.push_back(llvm::formatv("{0:f1} of {1:f1} {2}",
                                workOf(result) / times.median * 1e-9,
                                ceiling.median, unit));
  cells.push_back(llvm::formatv("{0} ({1} to {2})", percent(share.median),
                                percent(share.lower), percent(share.upper)));
  cells.push_back(percent(share.most));
  return cells;
}

static Cells pairCells(const CaseResult &result) {
  if (!result.refused.empty())
    return {result.what->name, "refused: " + result.refused, "", ""};
  const Spread ratios = spreadOf(ratiosOf(result));
  size_t pairs = 0;
  for (const ProcessResult &process : result.processes)
    pairs += process.pairs.size();
  return {result.what->name, llvm::formatv("{0:f3}", ratios.median),
          llvm::formatv("{0:f3} to {1:f3}", ratios.lower, ratios.upper),
          std::to_string(pairs)};
}

static std::string table(llvm::ArrayRef<CaseResult> results,
                         llvm::StringRef group, bool ofPairs) {
  std::string rows;
  for (const CaseResult &result : results)
    if (result.what->group == group &&
        result.what->baseline.has_value() == ofPairs)
      rows += row(ofPairs ? pairCells(result) : kernelCells(result));
  if (rows.empty())
    return "";
  const Cells header =
      ofPairs ? Cells{"pair", "time / baseline", "quartiles", "pairs"}
              : Cells{"case",      "ms",   "quartiles",
                      "best",      "rate", "share of ceiling (quartiles)",
                      "best share"};
  return row(header) + row(Cells(header.size(), "---")) + rows + "\n";
}

std::string sextant::markdownReport(const json::Object &machine,
                                    llvm::ArrayRef<CaseResult> results) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (llvm::StringRef key :
       {"cpu", "isa", "cores", "clock_mhz", "load_at_start", "compiler"})
    if (const json::Value *value = machine.get(key))
      os << "- " << key << ": " << *value << "\n";
  os << "\n";
  std::vector<std::string> groups;
  for (const CaseResult &result : results)
    if (!llvm::is_contained(groups, result.what->group))
      groups.push_back(result.what->group);
  for (const std::string &group : groups)
    os << "## " << group << "\n\n"
       << table(results, group, false) << table(results, group, true);
  return text;
}
