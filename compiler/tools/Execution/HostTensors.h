//===- HostTensors.h - The runtime's arrays for the interpreter -*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_EXECUTION_HOSTTENSORS_H
#define SEXTANT_COMPILER_TOOLS_EXECUTION_HOSTTENSORS_H

#include "dialect/Attn/Reference/Tensor.h"
#include "runtime/Core/Npy.h"

namespace sextant {

/// The DLPack type of an element.
DLDataType dataType(attn::HostType type);

/// A view of `array`, whose element type must be one the interpreter knows;
/// others end the process.
attn::HostTensor hostTensor(runtime::NpyArray &array);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_EXECUTION_HOSTTENSORS_H
