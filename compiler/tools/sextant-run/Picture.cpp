//===- Picture.cpp - Pictures of an attention as SVG or JSON --------------===//

#include "compiler/tools/sextant-run/Picture.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <algorithm>
#include <cmath>

using namespace sextant;
using llvm::format;

//===----------------------------------------------------------------------===//
// Frame and axes
//===----------------------------------------------------------------------===//

namespace {
/// The rectangle that the picture is drawn in, and the whole canvas.
struct Frame {
  double left = 76, top = 44, width = 480, height = 480;
  double canvasWidth = 700, canvasHeight = 590;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

/// Values at equal steps that people count in: 1, 2 or 5 times a power of 10.
struct Ticks {
  std::vector<double> places;
  Ticks(double low, double high, int wanted = 6, bool whole = false);
};
} // namespace

Ticks::Ticks(double low, double high, int wanted, bool whole) {
  if (!(high > low)) {
    places = {low};
    return;
  }
  const double raw = (high - low) / wanted;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = power;
  for (double factor : {2.0, 5.0, 10.0})
    if (step < raw)
      step = factor * power;
  if (whole)
    step = std::max(1.0, std::round(step));
  for (double at = std::ceil(low / step) * step; at <= high + step * 1e-9;
       at += step)
    places.push_back(std::fabs(at) < step * 1e-9 ? 0 : at);
}

static std::string escaped(llvm::StringRef text) {
  std::string result;
  for (char c : text)
    result += c == '<'   ? "&lt;"
              : c == '>' ? "&gt;"
              : c == '&' ? "&amp;"
                         : std::string(1, c);
  return result;
}

static void writeText(llvm::raw_ostream &os, double x, double y,
                      llvm::StringRef anchor, llvm::StringRef text,
                      int size = 13, bool turned = false) {
  os << format("<text x=\"%.1f\" y=\"%.1f\"", x, y) << " text-anchor=\""
     << anchor << "\" font-size=\"" << size << "\"";
  if (turned)
    os << format(" transform=\"rotate(-90 %.1f %.1f)\"", x, y);
  os << ">" << escaped(text) << "</text>\n";
}

static void writeLine(llvm::raw_ostream &os, double x0, double y0, double x1,
                      double y1, llvm::StringRef colour) {
  os << format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"", x0, y0,
               x1, y1)
     << " stroke=\"" << colour << "\"/>\n";
}

static void writeBox(llvm::raw_ostream &os, double x, double y, double width,
                     double height, llvm::StringRef fill) {
  os << format("<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"", x,
               y, width, height)
     << " fill=\"" << fill << "\"/>\n";
}

static void openCanvas(llvm::raw_ostream &os, const Frame &frame,
                       const PictureText &text) {
  os << format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f "
               "%.0f\" width=\"%.0f\" height=\"%.0f\" ",
               frame.canvasWidth, frame.canvasHeight, frame.canvasWidth,
               frame.canvasHeight)
     << "font-family=\"sans-serif\" fill=\"#222\">\n";
  writeBox(os, 0, 0, frame.canvasWidth, frame.canvasHeight, "#fff");
  writeText(os, frame.left + frame.width / 2, 24, "middle", text.title, 15);
  writeText(os, frame.left + frame.width / 2, frame.bottom() + 44, "middle",
            text.x);
  writeText(os, 20, frame.top + frame.height / 2, "middle", text.y, 13, true);
}

static void drawFrame(llvm::raw_ostream &os, const Frame &frame) {
  os << format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ",
               frame.left, frame.top, frame.width, frame.height)
     << "fill=\"none\" stroke=\"#222\"/>\n";
}

static std::string spelled(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << format("%.6g", value);
  return text;
}

//===----------------------------------------------------------------------===//
// Heat maps
//===----------------------------------------------------------------------===//

/// From dark blue over white to dark red, or from white to dark blue.
static std::string colourOf(double share, bool isSigned) {
  struct Colour {
    double r, g, b;
  };
  static constexpr Colour blue{33, 80, 150}, white{250, 250, 250},
      red{170, 40, 45};
  const double at = isSigned ? 2 * share - 1 : -share;
  const Colour &end = at < 0 ? blue : red;
  const double mix = std::min(1.0, std::fabs(at));
  auto part = [&](double from, double to) {
    return static_cast<int>(std::lround(from + (to - from) * mix));
  };
  std::string text;
  llvm::raw_string_ostream(text)
      << format("#%02x%02x%02x", part(white.r, end.r), part(white.g, end.g),
                part(white.b, end.b));
  return text;
}

/// Unseen, seen, partly seen, ...
static constexpr llvm::StringLiteral kNameColours[] = {"#f1f1f1", "#2a5caa",
                                                       "#f0a830", "#b9b9b9"};

namespace {
/// The numbers of a map as colours.
class Colouring {
public:
  explicit Colouring(const HeatMap &map) : map(map) {
    low = INFINITY, high = -INFINITY;
    for (double value : map.values)
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    if (!(low <= high))
      low = high = 0;
    // Around 0 where there are both signs.
    if (low < 0 && high > 0)
      high = std::max(high, -low), low = -high;
    isSigned = low < 0 && high > 0;
  }
  std::string operator()(double value) const {
    if (!map.names.empty())
      return kNameColours[std::min<size_t>(value, 3)].str();
    if (!std::isfinite(value))
      return "#000000";
    return colourOf(shareOf(value), isSigned);
  }
  double low, high;
  bool isSigned;

private:
  double shareOf(double value) const {
    if (high == low)
      return 0;
    const double share = (value - low) / (high - low);
    // What lies furthest from 0 is darkest.
    return !isSigned && high <= 0 ? 1 - share : share;
  }
  const HeatMap &map;
};
} // namespace

static void writeScale(llvm::raw_ostream &os, const Frame &frame,
                       const Colouring &colours) {
  constexpr int steps = 64;
  const double x = frame.right() + 24, step = frame.height / steps;
  for (int i = 0; i < steps; ++i) {
    const double value =
        colours.high - (colours.high - colours.low) * (i + 0.5) / steps;
    writeBox(os, x, frame.top + i * step, 16, step + 0.5, colours(value));
  }
  for (double value : Ticks(colours.low, colours.high).places) {
    const double range = colours.high - colours.low;
    const double y = frame.bottom() -
                     (range ? (value - colours.low) / range : 0) * frame.height;
    writeText(os, x + 22, y + 4, "start", spelled(value), 12);
  }
}

void sextant::writeSvg(const HeatMap &map, llvm::raw_ostream &os) {
  Frame frame;
  const double longest = std::max<double>(
      1, std::max(map.rows * map.rowsOfCell, map.columns * map.columnsOfCell));
  frame.width *= std::max(0.12, map.columns * map.columnsOfCell / longest);
  frame.height *= std::max(0.12, map.rows * map.rowsOfCell / longest);
  frame.canvasHeight = frame.bottom() + 66;
  frame.canvasWidth = std::max(420.0, frame.right() + 140);
  const Colouring colours(map);
  openCanvas(os, frame, map.text);
  const double cellWidth = frame.width / std::max<int64_t>(1, map.columns);
  const double cellHeight = frame.height / std::max<int64_t>(1, map.rows);
  os << "<g shape-rendering=\"crispEdges\">\n";
  for (int64_t row = 0; row < map.rows; ++row)
    for (int64_t column = 0; column < map.columns;) {
      // Runs of one colour are one box.
      auto colour = [&](int64_t at) {
        return colours(map.values[row * map.columns + at]);
      };
      const std::string own = colour(column);
      int64_t end = column + 1;
      while (end < map.columns && colour(end) == own)
        ++end;
      writeBox(os, frame.left + column * cellWidth,
               frame.top + row * cellHeight, (end - column) * cellWidth,
               cellHeight, own);
      column = end;
    }
  os << "</g>\n";
  drawFrame(os, frame);
  const double rows = map.rows * map.rowsOfCell;
  const double columns = map.columns * map.columnsOfCell;
  for (double at : Ticks(0, columns, 6, true).places) {
    const double x = frame.left + at / std::max(1.0, columns) * frame.width;
    writeLine(os, x, frame.bottom(), x, frame.bottom() + 5, "#222");
    writeText(os, x, frame.bottom() + 20, "middle", spelled(at), 12);
  }
  for (double at : Ticks(0, rows, 6, true).places) {
    const double y = frame.top + at / std::max(1.0, rows) * frame.height;
    writeLine(os, frame.left - 5, y, frame.left, y, "#222");
    writeText(os, frame.left - 9, y + 4, "end", spelled(at), 12);
  }
  if (map.names.empty())
    writeScale(os, frame, colours);
  for (auto [place, name] : llvm::enumerate(map.names)) {
    const double y = frame.top + 8 + 24 * place;
    writeBox(os, frame.right() + 20, y, 14, 14, kNameColours[place]);
    writeText(os, frame.right() + 40, y + 12, "start", name, 12);
  }
  os << "</svg>\n";
}

//===----------------------------------------------------------------------===//
// Charts
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral kLineColours[] = {"#2a5caa", "#c8553d",
                                                       "#3f8f4f", "#8a5fa8"};

void sextant::writeSvg(const Chart &chart, llvm::raw_ostream &os) {
  Frame frame;
  frame.width = 560, frame.height = 320;
  frame.canvasHeight = frame.bottom() + 66;
  frame.canvasWidth = frame.right() + 150;
  double low = INFINITY, high = -INFINITY;
  size_t count = 0;
  for (const Chart::Line &line : chart.lines) {
    count = std::max(count, line.values.size());
    for (double value : line.values)
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
  }
  if (!(low <= high))
    low = 0, high = 1;
  const double margin = high > low ? 0.05 * (high - low) : 1;
  low -= margin, high += margin;
  const double last = std::max<double>(1, double(count) - 1);
  auto x = [&](double at) { return frame.left + at / last * frame.width; };
  auto y = [&](double value) {
    return frame.bottom() - (value - low) / (high - low) * frame.height;
  };
  openCanvas(os, frame, chart.text);
  for (double at : Ticks(low, high).places) {
    writeLine(os, frame.left, y(at), frame.right(), y(at), "#e2e2e2");
    writeText(os, frame.left - 9, y(at) + 4, "end", spelled(at), 12);
  }
  for (double at : Ticks(0, last, 7, true).places) {
    writeLine(os, x(at), frame.bottom(), x(at), frame.bottom() + 5, "#222");
    writeText(os, x(at), frame.bottom() + 20, "middle", spelled(at), 12);
  }
  for (auto [place, line] : llvm::enumerate(chart.lines)) {
    const llvm::StringRef colour = kLineColours[place % 4];
    // Gaps where a value is no number.
    bool isOpen = false;
    for (size_t i = 0; i < line.values.size(); ++i) {
      if (!std::isfinite(line.values[i])) {
        if (isOpen)
          os << "\"/>\n";
        isOpen = false;
        continue;
      }
      if (!isOpen)
        os << "<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"" << colour
           << "\" points=\"";
      os << format("%.1f,%.1f ", x(double(i)), y(line.values[i]));
      isOpen = true;
    }
    if (isOpen)
      os << "\"/>\n";
    const double at = frame.top + 12 + 22 * double(place);
    os << format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"",
                 frame.right() + 14, at, frame.right() + 36, at)
       << " stroke-width=\"2\" stroke=\"" << colour << "\"/>\n";
    writeText(os, frame.right() + 42, at + 4, "start", line.name, 12);
  }
  drawFrame(os, frame);
  os << "</svg>\n";
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// Numbers in full; null for what is none.
static void writeNumbers(llvm::json::OStream &json,
                         const std::vector<double> &values) {
  json.array([&] {
    for (double value : values)
      if (std::isfinite(value))
        json.value(value);
      else
        json.value(nullptr);
  });
}

static void writeText(llvm::json::OStream &json, const PictureText &text) {
  json.attribute("title", text.title);
  json.attribute("x", text.x);
  json.attribute("y", text.y);
}

void sextant::writeJson(const HeatMap &map, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, 1);
  json.object([&] {
    writeText(json, map.text);
    json.attribute("rows", map.rows);
    json.attribute("columns", map.columns);
    json.attribute("rows_of_cell", map.rowsOfCell);
    json.attribute("columns_of_cell", map.columnsOfCell);
    json.attributeArray("names", [&] {
      for (const std::string &name : map.names)
        json.value(name);
    });
    json.attributeBegin("values");
    writeNumbers(json, map.values);
    json.attributeEnd();
  });
  os << "\n";
}

void sextant::writeJson(const Chart &chart, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, 1);
  json.object([&] {
    writeText(json, chart.text);
    json.attributeArray("lines", [&] {
      for (const Chart::Line &line : chart.lines)
        json.object([&] {
          json.attribute("name", line.name);
          json.attributeBegin("values");
          writeNumbers(json, line.values);
          json.attributeEnd();
        });
    });
  });
  os << "\n";
}
