//===- Tensor.cpp - Reads and writes host tensors -------------------------===//

#include "dialect/Attn/Reference/Tensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <cstring>

using namespace sextant::attn;

std::optional<HostType> sextant::attn::hostTypeOf(mlir::Type type) {
  if (type.isF32())
    return HostType::F32;
  if (type.isF16())
    return HostType::F16;
  if (type.isBF16())
    return HostType::BF16;
  if (type.isF64())
    return HostType::F64;
  if (type.isInteger(64))
    return HostType::I64;
  if (type.isInteger(32))
    return HostType::I32;
  if (type.isInteger(1))
    return HostType::I1;
  return std::nullopt;
}

llvm::StringRef sextant::attn::nameOf(HostType type) {
  static constexpr llvm::StringLiteral names[] = {"f32", "f16", "bf16", "f64",
                                                  "i64", "i32", "i1"};
  return names[static_cast<unsigned>(type)];
}

size_t sextant::attn::bytesOf(HostType type) {
  static constexpr size_t bytes[] = {4, 2, 2, 8, 8, 4, 1};
  return bytes[static_cast<unsigned>(type)];
}

bool sextant::attn::isFloat(HostType type) { return type <= HostType::F64; }

static int64_t product(llvm::ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  return elements;
}

int64_t HostTensor::numElements() const { return product(shape); }
int64_t RealTensor::numElements() const { return product(shape); }

int64_t HostTensor::offsetOf(int64_t index) const {
  if (strides.empty())
    return index;
  int64_t offset = 0;
  for (size_t dim = shape.size(); dim-- > 0;) {
    offset += index % shape[dim] * strides[dim];
    index /= shape[dim];
  }
  return offset;
}

template <typename T> static T load(const void *data, int64_t offset) {
  T element;
  std::memcpy(&element,
              static_cast<const char *>(data) + offset * int64_t(sizeof(T)),
              sizeof(T));
  return element;
}
template <typename T> static void store(void *data, int64_t offset, T element) {
  std::memcpy(static_cast<char *>(data) + offset * int64_t(sizeof(T)), &element,
              sizeof(T));
}

static double fromHalf(uint16_t bits) {
  int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  double magnitude;
  if (exponent == 31)
    magnitude = mantissa ? NAN : INFINITY;
  else if (exponent == 0)
    magnitude = std::ldexp(mantissa, -24);
  else
    magnitude = std::ldexp(1024 + mantissa, exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

static double fromBrain(uint16_t bits) {
  uint32_t wide = uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

/// One rounding, from float64: a detour through f32 would round twice.
static uint16_t toSixteen(double value, const llvm::fltSemantics &semantics) {
  llvm::APFloat narrow(value);
  bool losesInfo;
  narrow.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return narrow.bitcastToAPInt().getZExtValue();
}

double HostTensor::readReal(int64_t index) const {
  int64_t offset = offsetOf(index);
  switch (type) {
  case HostType::F32:
    return load<float>(data, offset);
  case HostType::F16:
    return fromHalf(load<uint16_t>(data, offset));
  case HostType::BF16:
    return fromBrain(load<uint16_t>(data, offset));
  case HostType::F64:
    return load<double>(data, offset);
  default:
    return static_cast<double>(readInteger(index));
  }
}

int64_t HostTensor::readInteger(int64_t index) const {
  int64_t offset = offsetOf(index);
  switch (type) {
  case HostType::I64:
    return load<int64_t>(data, offset);
  case HostType::I32:
    return load<int32_t>(data, offset);
  case HostType::I1:
    return load<uint8_t>(data, offset) != 0;
  default:
    return static_cast<int64_t>(readReal(index));
  }
}

void HostTensor::write(int64_t index, double value) {
  int64_t offset = offsetOf(index);
  switch (type) {
  case HostType::F32:
    return store<float>(data, offset, value);
  case HostType::F16:
    return store(data, offset, toSixteen(value, llvm::APFloat::IEEEhalf()));
  case HostType::BF16:
    return store(data, offset, toSixteen(value, llvm::APFloat::BFloat()));
  case HostType::F64:
    return store(data, offset, value);
  case HostType::I64:
    return store<int64_t>(data, offset, value);
  case HostType::I32:
    return store<int32_t>(data, offset, value);
  case HostType::I1:
    return store<uint8_t>(data, offset, value != 0);
  }
}

std::string sextant::attn::shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape) {
    if (!text.empty())
      text += 'x';
    text += mlir::ShapedType::isDynamic(extent) ? "?" : llvm::itostr(extent);
  }
  return text.empty() ? "scalar" : text;
}
