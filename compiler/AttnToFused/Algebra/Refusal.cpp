//===- Refusal.cpp - Why a score is not separated -------------------------===//
//
// Text of refusals.
//
//===----------------------------------------------------------------------===//

#include "compiler/AttnToFused/Algebra/Refusal.h"

#include "llvm/Support/raw_ostream.h"

using namespace sextant::algebra;

char Refusal::ID = 0;

void Refusal::log(llvm::raw_ostream &os) const {
  os << message;
  std::string more = evidence();
  if (!more.empty())
    os << "; " << more;
}

std::error_code Refusal::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

std::string Refusal::evidence() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (!sampleSize)
    return text;
  // A rank well below the sample size is no accident of the sample; near the
  // cap it only says that the width is at least that.
  if (2 * sampledRank > sampleSize)
    os << "any exact form needs at least " << sampledRank << " features";
  else
    os << "but sampled scores have rank " << sampledRank
       << ": an exact form of that width may exist, rewrite the score with "
          "one-sided ops";
  return text;
}
