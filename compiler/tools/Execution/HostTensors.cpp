//===- HostTensors.cpp - The runtime's arrays for the interpreter ---------===//

#include "compiler/tools/Execution/HostTensors.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Execution/ExecutionOptions.h"

using namespace sextant;

DLDataType sextant::dataType(attn::HostType type) {
  switch (type) {
  case attn::HostType::F32:
    return {kDLFloat, 32, 1};
  case attn::HostType::F16:
    return {kDLFloat, 16, 1};
  case attn::HostType::BF16:
    return {kDLBfloat, 16, 1};
  case attn::HostType::F64:
    return {kDLFloat, 64, 1};
  case attn::HostType::I64:
    return {kDLInt, 64, 1};
  case attn::HostType::I32:
    return {kDLInt, 32, 1};
  case attn::HostType::I1:
    return {kDLBool, 8, 1};
  }
  llvm_unreachable("all host types are above");
}

attn::HostTensor sextant::hostTensor(runtime::NpyArray &array) {
  for (attn::HostType type :
       {attn::HostType::F32, attn::HostType::F16, attn::HostType::BF16,
        attn::HostType::F64, attn::HostType::I64, attn::HostType::I32,
        attn::HostType::I1}) {
    const DLDataType candidate = dataType(type);
    if (candidate.code != array.type.code || candidate.bits != array.type.bits)
      continue;
    attn::HostTensor tensor;
    tensor.data = array.data.get();
    tensor.type = type;
    tensor.shape.assign(array.shape.begin(), array.shape.end());
    return tensor;
  }
  fail(kExitRejected,
       "no tensor of this element type can be made or checked: code " +
           llvm::Twine(array.type.code) + ", " + llvm::Twine(array.type.bits) +
           " bits");
}
