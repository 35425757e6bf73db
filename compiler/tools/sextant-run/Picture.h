//===- Picture.h - Pictures of an attention as SVG or JSON ------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_PICTURE_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_PICTURE_H

#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sextant {

/// What the axes say.
struct PictureText {
  std::string title, x, y;
};

/// A number for every (row, column), the first row at the top. With names the
/// numbers are places in that list and have a legend; without, a scale of
/// colours.
struct HeatMap {
  PictureText text;
  int64_t rows = 0, columns = 0;
  std::vector<double> values;
  std::vector<std::string> names;
  /// Rows and columns of what is shown that one cell stands for.
  int64_t rowsOfCell = 1, columnsOfCell = 1;
};

/// Lines over x = 0, 1, 2, ...
struct Chart {
  PictureText text;
  struct Line {
    std::string name;
    std::vector<double> values;
  };
  std::vector<Line> lines;
};

void writeSvg(const HeatMap &map, llvm::raw_ostream &os);
void writeSvg(const Chart &chart, llvm::raw_ostream &os);

/// The same numbers, for scripts.
void writeJson(const HeatMap &map, llvm::raw_ostream &os);
void writeJson(const Chart &chart, llvm::raw_ostream &os);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_PICTURE_H
