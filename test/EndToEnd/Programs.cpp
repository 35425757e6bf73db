//===- Programs.cpp - The text of the programs under test -----------------===//

#include "Programs.h"

#include <utility>

using namespace sextant::test;

static std::string replaced(std::string text, const Spec &spec) {
  auto rows = [](int channels, const std::string &type) {
    return "tensor<?x?x?x" + std::to_string(channels) + "x" + type + ">";
  };
  const std::pair<std::string, std::string> words[] = {
      {"$Q", rows(spec.channels, spec.rowType)},
      {"$K", rows(spec.channels, spec.rowType)},
      {"$V", rows(spec.valueChannels, spec.valueType)},
      {"$X", rows(spec.channels / 2, spec.rowType)},
      {"$P", "tensor<?x?xi32>"},
      {"$S", "tensor<?x?x?x?xf32>"},
      {"$L", "tensor<?x?x?xf32>"},
      {"$R", "tensor<?x?x?x?x" + std::to_string(spec.channels) + "x" +
                 spec.rowType + ">"},
  };
  for (const auto &[word, type] : words)
    for (size_t at; (at = text.find(word)) != std::string::npos;)
      text.replace(at, word.size(), type);
  return text;
}

std::string sextant::test::programText(const Spec &spec) {
  std::string positions;
  if (!spec.positions.empty())
    positions =
        "%pq, %pk = attn.positions %q, %k " + spec.positions + " : $Q, $K\n";
  return replaced("func.func @attention(%q: $Q, %k: $K, %v: $V" +
                      spec.arguments + ") -> ($V, $L) {\n" + positions +
                      spec.scores +
                      "%p, %lse = attn.softmax %s at (%pq, %pk) " +
                      spec.visible + " lse " + spec.captures +
                      " : $S, $P, $P\n"
                      "%o = attn.weighted_sum %p, %v : $S, $V\n"
                      "return %o, %lse : $V, $L\n}\n",
                  spec);
}

std::string sextant::test::rotaryScores(const std::string &encoding,
                                        const std::string &after) {
  auto rotate = [&](const std::string &x, const std::string &type) {
    return "%" + x + "r = attn.rotate %" + x + " at %p" + x + " (" + encoding +
           ") " + after + " : " + type + ", $P\n";
  };
  return rotate("q", "$Q") + rotate("k", "$K") +
         "%s = attn.scores %qr, %kr scale(0.125) : $Q, $K\n";
}

static std::string coefficients(const std::string &layout, bool tied) {
  if (!tied)
    return "%t = attn.row_map %k (%e, %b, %h, %i, %m, %c) {\n"
           "  attn.yield %e : f32\n} : $K\n";
  return "%tau = attn.collinear_coefficients %k layout(" + layout +
         ") : $K\n%t = attn.duplicate " + layout + " %tau : $X\n";
}

static std::string rope(const std::string &layout) {
  return "(#attn.rope<base = 1.0e4, layout = " + layout + ">)";
}

std::string sextant::test::slackScores(const std::string &layout, bool tied,
                                       const std::string &after) {
  std::string encoding = rope(layout) + " " + after;
  return coefficients(layout, tied) + "%tr = attn.rotate %t at %pk " +
         encoding +
         " : $K, $P\n"
         "%kk = attn.collinear_keys %q, %tr : $Q, $K\n"
         "%qr = attn.rotate %q at %pq " +
         encoding +
         " : $Q, $P\n"
         "%s = attn.scores %qr, %kk scale(0.125) : $Q, $R\n";
}

std::string sextant::test::strictScores(const std::string &layout, bool tied) {
  return coefficients(layout, tied) +
         "%kk = attn.collinear_keys %q, %t : $Q, $K\n"
         "%kr = attn.rotate %kk at %pk " +
         rope(layout) +
         " : $R, $P\n"
         "%qr = attn.rotate %q at %pq " +
         rope(layout) +
         " : $Q, $P\n"
         "%s = attn.scores %qr, %kr scale(0.125) : $Q, $R\n";
}
