# Finds MLIR, LLVM and LLD 22.1 and makes their CMake helpers available.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
find_package(LLD 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/lld)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION}: ${MLIR_DIR}")

list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# MLIR's and LLD's archives ask for LLVM's shared library. A static build gives
# them LLVM's archives, with all targets, which LLD names: such a tool runs on
# a machine without LLVM, and has 140 MB stripped, 40 MB compressed.
option(SEXTANT_STATIC "Link LLVM and the C++ library into the tools" OFF)
if(SEXTANT_STATIC)
  find_library(SEXTANT_POLLY Polly HINTS "${LLVM_LIBRARY_DIRS}" NO_DEFAULT_PATH)
  if(NOT SEXTANT_POLLY)
    message(FATAL_ERROR "libPolly.a not found in ${LLVM_LIBRARY_DIRS}: LLVM's "
      "archives refer to it; install libpolly-${LLVM_VERSION_MAJOR}-dev")
  endif()
  set(LLVM_LINK_LLVM_DYLIB OFF) # else add_mlir_library asks for it as well
  add_library(SextantLLVM INTERFACE)
  llvm_map_components_to_libnames(archives
    AllTargetsAsmParsers AllTargetsCodeGens AllTargetsDescs AllTargetsInfos
    AsmParser BitReader BitWriter Core DTLTO LTO OrcJIT Passes
    Support SupportLSP)
  target_link_libraries(SextantLLVM INTERFACE ${archives})
  foreach(target IN LISTS MLIR_EXPORTED_TARGETS LLD_EXPORTED_TARGETS)
    get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
    if(libraries)
      list(TRANSFORM libraries REPLACE "^LLVM$" SextantLLVM)
      set_target_properties(${target} PROPERTIES
        INTERFACE_LINK_LIBRARIES "${libraries}")
    endif()
  endforeach()
  add_link_options(-static-libstdc++ -static-libgcc
                   -Wl,--as-needed -Wl,--gc-sections)
else()
  add_library(SextantLLVM ALIAS LLVM)
endif()

# sextant_tablegen(<file.td> <target> [<generator flags> <output>]...)
# Runs mlir-tblgen on one .td; the outputs lie beside their source path in the
# build tree, so `#include "dialect/Attn/IR/AttnOps.h.inc"` works.
function(sextant_tablegen td target)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(rest ${ARGN})
  while(rest)
    list(POP_FRONT rest flags output)
    separate_arguments(flags)
    mlir_tablegen(${output} ${flags})
  endwhile()
  add_public_tablegen_target(${target})
endfunction()
