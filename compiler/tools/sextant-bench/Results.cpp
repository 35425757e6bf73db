//===- Results.cpp - What was measured ------------------------------------===//

#include "compiler/tools/sextant-bench/Results.h"

using namespace sextant;
namespace json = llvm::json;

json::Value sextant::toJSON(const ProcessResult &result) {
  json::Array samples, pairs;
  for (const Sample &sample : result.samples)
    samples.push_back(json::Array{sample.seconds, sample.ceiling, sample.peak});
  for (const auto &[subject, baseline] : result.pairs)
    pairs.push_back(json::Array{subject, baseline});
  return json::Object{{"library", result.library},
                      {"entry", result.entry},
                      {"isa", result.isa},
                      {"arguments", result.argumentTypes},
                      {"flops", result.flops},
                      {"bytes", result.bytes},
                      {"samples", std::move(samples)},
                      {"pairs", std::move(pairs)}};
}

bool sextant::fromJSON(const json::Value &value, ProcessResult &result,
                       json::Path path) {
  json::ObjectMapper map(value, path);
  std::vector<std::vector<double>> samples, pairs;
  if (!map || !map.map("library", result.library) ||
      !map.map("entry", result.entry) || !map.map("isa", result.isa) ||
      !map.map("arguments", result.argumentTypes) ||
      !map.map("flops", result.flops) || !map.map("bytes", result.bytes) ||
      !map.map("samples", samples) || !map.map("pairs", pairs))
    return false;
  for (const std::vector<double> &sample : samples)
    result.samples.push_back({sample.at(0), sample.at(1), sample.at(2)});
  for (const std::vector<double> &pair : pairs)
    result.pairs.push_back({pair.at(0), pair.at(1)});
  return true;
}

Spread sextant::spreadOf(llvm::ArrayRef<std::vector<double>> processes) {
  std::vector<double> all, medians;
  for (const std::vector<double> &process : processes) {
    medians.push_back(quantile(process, 0.5));
    all.insert(all.end(), process.begin(), process.end());
  }
  return {quantile(all, 0), quantile(all, 0.25), quantile(medians, 0.5),
          quantile(all, 0.75), quantile(all, 1)};
}

/// `value` of every element of `list` of every process.
template <typename List, typename Value>
static Series seriesOf(const CaseResult &result, List list, Value value) {
  Series series;
  for (const ProcessResult &process : result.processes) {
    series.emplace_back();
    for (const auto &element : process.*list)
      series.back().push_back(value(element));
  }
  return series;
}

Series sextant::timesOf(const CaseResult &result) {
  if (result.what->baseline)
    return seriesOf(result, &ProcessResult::pairs,
                    [](const auto &pair) { return pair.first; });
  return seriesOf(result, &ProcessResult::samples,
                  [](const Sample &sample) { return sample.seconds; });
}

Series sextant::ceilingsOf(const CaseResult &result) {
  return seriesOf(result, &ProcessResult::samples,
                  [](const Sample &sample) { return sample.ceiling; });
}

Series sextant::peaksOf(const CaseResult &result) {
  return seriesOf(result, &ProcessResult::samples,
                  [](const Sample &sample) { return sample.peak; });
}

static Series sharesOf(const CaseResult &result, double Sample::*whole) {
  const double work = workOf(result);
  if (work == 0 || result.what->baseline)
    return {};
  return seriesOf(result, &ProcessResult::samples, [&](const Sample &sample) {
    return work / sample.seconds * 1e-9 / (sample.*whole);
  });
}

Series sextant::sharesOf(const CaseResult &result) {
  return ::sharesOf(result, &Sample::ceiling);
}

Series sextant::sharesOfPeak(const CaseResult &result) {
  return ::sharesOf(result, &Sample::peak);
}

Series sextant::ratiosOf(const CaseResult &result) {
  return seriesOf(result, &ProcessResult::pairs,
                  [](const auto &pair) { return pair.first / pair.second; });
}

double sextant::workOf(const CaseResult &result) {
  const ProcessResult &any = result.processes.front();
  return result.what->ceiling == CeilingKind::Read ? any.bytes : any.flops;
}
