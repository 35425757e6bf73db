//===- Suite.cpp - What there is to measure -------------------------------===//

#include "compiler/tools/sextant-bench/Suite.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/sextant-bench/Expand.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;
namespace json = llvm::json;

/// A suite that multiplies out to more than this is a mistake.
static constexpr size_t kMostCases = 10000;

static constexpr std::pair<llvm::StringLiteral, CeilingKind> kCeilings[] = {
    {"fma", CeilingKind::Fma},
    {"bf16-dot", CeilingKind::Bf16Dot},
    {"read", CeilingKind::Read}};

llvm::StringRef sextant::ceilingWord(CeilingKind kind) {
  for (const auto &[word, value] : kCeilings)
    if (value == kind)
      return word;
  llvm_unreachable("all kinds are above");
}

std::string sextant::shapeText(const Shape &shape) {
  return llvm::join(
      llvm::map_range(shape, [](int64_t e) { return std::to_string(e); }), "x");
}

namespace {
/// Reads one suite; whatever is wrong ends the process and says where.
class Reader {
public:
  explicit Reader(llvm::StringRef path) : path(path) {}
  std::vector<BenchCase> read();

private:
  [[noreturn]] void reject(const llvm::Twine &message) {
    fail(kExitRejected, "'" + path + "'" + where + ": " + message);
  }
  template <typename T> T take(llvm::Expected<T> value) {
    if (value)
      return std::move(*value);
    reject(llvm::toString(value.takeError()));
  }
  void take(llvm::Error error) {
    if (error)
      reject(llvm::toString(std::move(error)));
  }

  std::string readFile(llvm::StringRef file);
  void checkMembers(const json::Object &object,
                    llvm::ArrayRef<llvm::StringRef> known);
  llvm::StringRef text(const json::Object &object, llvm::StringRef member);
  std::string expanded(const json::Object &object, llvm::StringRef member,
                       const Variables &variables);
  const json::Array &axis(const json::Value &value);
  std::vector<Variables> combinations(const json::Object &object);
  double number(const std::string &text, llvm::StringRef member);
  Shape shape(const std::string &text);
  Subject subject(const json::Object &object, Variables variables);
  BenchCase oneCase(const json::Object &object, const Variables &variables);

  llvm::StringRef path;
  std::string where;
  const json::Object *axes = nullptr;
  std::map<std::string, std::string> files;
};
} // namespace

std::string Reader::readFile(llvm::StringRef file) {
  llvm::SmallString<128> full(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(full, file);
  std::string &text = files[full.str().str()];
  if (text.empty())
    text = take(readInput(full, InputLimits()))->getBuffer().str();
  return text;
}

void Reader::checkMembers(const json::Object &object,
                          llvm::ArrayRef<llvm::StringRef> known) {
  for (const auto &[name, value] : object)
    if (!llvm::is_contained(known, llvm::StringRef(name)))
      reject(unknownValue("member", name, known));
}

llvm::StringRef Reader::text(const json::Object &object,
                             llvm::StringRef member) {
  const json::Value *value = object.get(member);
  if (!value)
    reject("expected a member '" + member + "'");
  if (!value->getAsString())
    reject("'" + member + "': expected a string");
  return *value->getAsString();
}

/// A string with its variables replaced, or a number as it stands.
std::string Reader::expanded(const json::Object &object, llvm::StringRef member,
                             const Variables &variables) {
  if (std::optional<double> number = object.getNumber(member)) {
    std::string result;
    llvm::raw_string_ostream(result) << json::Value(*number);
    return result;
  }
  return take(expand(text(object, member), variables));
}

/// An axis is a list of assignments, or the name of one in "axes".
const json::Array &Reader::axis(const json::Value &value) {
  const json::Array *list = value.getAsArray();
  if (std::optional<llvm::StringRef> name = value.getAsString()) {
    list = axes ? axes->getArray(*name) : nullptr;
    if (!list)
      reject("'over': unknown axis '" + *name + "'");
  }
  if (!list || list->empty())
    reject("'over': expected the name of an axis or a list of assignments");
  return *list;
}

/// Every combination of one assignment of each axis of "over", after "let".
std::vector<Variables> Reader::combinations(const json::Object &object) {
  std::vector<Variables> all(1);
  if (const json::Value *let = object.get("let"))
    take(assign(*let, all.front()));
  const json::Value *over = object.get("over");
  if (over && !over->getAsArray())
    reject("'over': expected a list of axes");
  for (const json::Value &value : over ? *over->getAsArray() : json::Array()) {
    std::vector<Variables> next;
    const json::Array &points = axis(value);
    if (all.size() * points.size() > kMostCases)
      reject("'over': more than " + llvm::Twine(kMostCases) + " cases");
    for (const Variables &before : all)
      for (const json::Value &point : points) {
        next.push_back(before);
        take(assign(point, next.back()));
      }
    all = std::move(next);
  }
  return all;
}

double Reader::number(const std::string &text, llvm::StringRef member) {
  double value = 0;
  if (llvm::StringRef(text).getAsDouble(value))
    reject("'" + member + "': expected a number, got '" + text + "'");
  return value;
}

Shape Reader::shape(const std::string &text) {
  std::optional<Shape> shape = parseShape(text);
  if (!shape)
    reject("'inputs': expected a shape such as 1x8x2048x64, got '" + text +
           "'");
  return *shape;
}

Subject Reader::subject(const json::Object &object, Variables variables) {
  if (const json::Value *let = object.get("let"))
    take(assign(*let, variables));
  Subject result;
  result.text =
      take(expand(readFile(expanded(object, "program", variables)), variables));
  if (object.get("from")) {
    const std::string word = expanded(object, "from", variables);
    std::optional<Phase> phase = parsePhase(word);
    if (!phase || *phase > Phase::Vector)
      reject("'from': " +
             unknownValue("phase", word, {"attn", "fused", "tiled", "vector"}));
    result.from = *phase;
  }
  const json::Array *inputs = object.getArray("inputs");
  if (!inputs)
    reject("'inputs': expected a list of shapes");
  for (const json::Value &input : *inputs) {
    if (!input.getAsString())
      reject("'inputs': expected a list of shapes");
    result.shapes.push_back(
        shape(take(expand(*input.getAsString(), variables))));
  }
  return result;
}

BenchCase Reader::oneCase(const json::Object &object,
                          const Variables &variables) {
  BenchCase result;
  result.name = expanded(object, "name", variables);
  where = ", case '" + result.name + "'";
  result.group = expanded(object, "group", variables);
  for (const auto &[name, value] : variables)
    result.variables[name] = take(expand(value, variables));
  result.subject = subject(object, variables);
  if (const json::Value *value = object.get("baseline")) {
    const json::Object *changes = value->getAsObject();
    if (!changes)
      reject("'baseline': expected an object");
    checkMembers(*changes, {"let", "program", "from", "inputs"});
    // What the baseline does not say is as in the subject.
    json::Object baseline = object;
    baseline.erase("let");
    for (const auto &[member, changed] : *changes)
      baseline[member] = changed;
    result.baseline = subject(baseline, variables);
  }
  const std::string ceiling =
      object.get("ceiling") ? expanded(object, "ceiling", variables) : "fma";
  llvm::SmallVector<llvm::StringRef> words;
  for (const auto &[word, kind] : kCeilings) {
    words.push_back(word);
    if (word == ceiling)
      result.ceiling = kind;
  }
  if (!llvm::is_contained(words, ceiling))
    reject("'ceiling': " + unknownValue("ceiling", ceiling, words));
  if (object.get("threads")) {
    const std::string threads = expanded(object, "threads", variables);
    if (llvm::StringRef(threads).getAsInteger(10, result.threads) ||
        result.threads < 1 || result.threads > SEXTANT_MAX_THREADS)
      reject("'threads': expected 1 to " + llvm::Twine(SEXTANT_MAX_THREADS) +
             ", got '" + threads + "'");
  }
  if (const json::Value *peers = object.get("peers")) {
    json::Path::Root root;
    if (!json::fromJSON(*peers, result.peers, root))
      reject("'peers': expected a list of names");
  }
  if (object.get("most_ratio")) {
    if (!result.baseline)
      reject("'most_ratio' is against a 'baseline', and there is none");
    result.mostRatio =
        number(expanded(object, "most_ratio", variables), "most_ratio");
  }
  if (object.get("least_share"))
    result.leastShare =
        number(expanded(object, "least_share", variables), "least_share");
  where.clear();
  return result;
}

std::vector<BenchCase> Reader::read() {
  const std::string content =
      take(readInput(path, InputLimits()))->getBuffer().str();
  const json::Value parsed = take(json::parse(content));
  const json::Object *suite = parsed.getAsObject();
  if (!suite)
    reject("expected an object");
  checkMembers(*suite, {"about", "axes", "cases"});
  axes = suite->getObject("axes");
  const json::Array *list = suite->getArray("cases");
  if (!list)
    reject("expected a member 'cases', a list");
  std::vector<BenchCase> cases;
  llvm::StringSet<> names;
  for (const json::Value &value : *list) {
    const json::Object *object = value.getAsObject();
    if (!object)
      reject("'cases': expected objects");
    where = (", case '" + text(*object, "name") + "'").str();
    checkMembers(*object, {"name", "group", "let", "over", "program", "from",
                           "inputs", "baseline", "ceiling", "threads", "peers",
                           "most_ratio", "least_share"});
    for (const Variables &variables : combinations(*object)) {
      cases.push_back(oneCase(*object, variables));
      if (!names.insert(cases.back().name).second)
        reject("two cases are called '" + cases.back().name +
               "'; let the name show what differs");
    }
  }
  return cases;
}

std::vector<BenchCase> sextant::readSuite(llvm::StringRef path) {
  return Reader(path).read();
}
