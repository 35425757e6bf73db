# MLIR's headers take longer to parse than our code: one precompiled header
# serves every target of dialect/ and compiler/ (they share their flags).

add_library(SextantPrecompiled OBJECT ${PROJECT_SOURCE_DIR}/cmake/Precompiled.cpp)
target_compile_options(SextantPrecompiled PRIVATE -fno-rtti -fno-exceptions)
target_precompile_headers(SextantPrecompiled PRIVATE
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/Math/IR/Math.h>
  <mlir/Dialect/MemRef/IR/MemRef.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Vector/IR/VectorOps.h>
  <mlir/IR/Builders.h>
  <mlir/IR/Matchers.h>
  <mlir/Pass/Pass.h>
  <mlir/Transforms/RegionUtils.h>)

# sextant_precompile(<folder>): every C++ library below the folder uses it. An
# executable is compiled as PIE, which clang does not mix with a PIC header.
function(sextant_precompile folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(opted_out ${target} DISABLE_PRECOMPILE_HEADERS)
    if(type MATCHES "OBJECT_LIBRARY|STATIC_LIBRARY" AND NOT opted_out)
      target_precompile_headers(${target} REUSE_FROM SextantPrecompiled)
    endif()
  endforeach()
  get_property(children DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(child ${children})
    sextant_precompile(${child})
  endforeach()
endfunction()
