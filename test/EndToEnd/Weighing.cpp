//===- Weighing.cpp - Programs by what weighs their scores ----------------===//

#include "Weighing.h"

using namespace sextant;
using namespace sextant::test;

std::string sextant::test::replaced(std::string text) {
  const std::pair<std::string, std::string> words[] = {
      {"$Q", "tensor<?x?x?x16xf32>"}, {"$K", "tensor<?x?x?x16xf32>"},
      {"$V", "tensor<?x?x?x24xf32>"}, {"$P", "tensor<?x?xi32>"},
      {"$S", "tensor<?x?x?x?xf32>"},  {"$L", "tensor<?x?x?xf32>"}};
  for (const auto &[word, type] : words)
    for (size_t at; (at = text.find(word)) != std::string::npos;)
      text.replace(at, word.size(), type);
  return text;
}

Kernel *sextant::test::weighed(const Weighing &spec) {
  return compiled(replaced(
      "func.func @attention(%q: $Q, %k: $K, %v: $V" + spec.arguments + ") -> " +
      (spec.rowResult ? "($V, $L)" : "$V") +
      " {\n%pq, %pk = attn.positions %q, %k align(bottom_right) : $Q, $K\n" +
      spec.scores + spec.ops + "%o = attn.weighted_sum %p, %v : $S, $V\n" +
      (spec.rowResult ? "return %o, %row : $V, $L\n}" : "return %o : $V\n}")));
}

std::string sextant::test::named(const std::string &normalizer,
                                 const std::string &with,
                                 const std::string &visible,
                                 const std::string &rowResult) {
  return std::string(rowResult.empty() ? "%p" : "%p, %row") +
         " = attn.normalize %s at (%pq, %pk) by (" + normalizer + ") " + with +
         " " + visible + " " + rowResult + " : $S, $P, $P\n";
}

const Dims sextant::test::kWeighingShapes[6] = {
    {1, 2, 1, 2, 17},   {2, 4, 2, 33, 97}, {1, 3, 3, 1, 129},
    {1, 1, 1, 130, 17}, {1, 2, 1, 0, 5},   {1, 2, 1, 5, 0},
};

void sextant::test::expectAtShapes(Kernel *kernel, const std::string &name,
                                   double scale) {
  if (!kernel)
    return;
  uint64_t seed = 70;
  for (const Dims &dims : kWeighingShapes)
    expectCloseAt(*kernel, dims, name, ++seed, scale);
}

void sextant::test::put(Buffer &buffer, int64_t row, int64_t channel,
                        double value) {
  buffer.set(row * buffer.host().shape[3] + channel, value);
}
