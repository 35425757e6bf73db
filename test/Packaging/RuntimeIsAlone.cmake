# cmake -D ROOT=<repository> -P RuntimeIsAlone.cmake
# runtime/ includes nothing but itself and the system: no compiler header, no
# dialect, no compiler library.
file(GLOB_RECURSE sources ${ROOT}/runtime/*.c ${ROOT}/runtime/*.cpp ${ROOT}/runtime/*.h)
list(LENGTH sources count)
if(count LESS 20)
  message(FATAL_ERROR "expected at least 20 sources in runtime/, found ${count}")
endif()
set(bad "")
foreach(source ${sources})
  file(STRINGS ${source} includes REGEX "^[ \t]*#[ \t]*include")
  foreach(include ${includes})
    if(NOT include MATCHES "\"runtime/" AND NOT include MATCHES "<[a-z0-9_/.]+>" OR
       include MATCHES "(llvm|mlir|clang|lld|dialect|compiler)[-/]")
      string(APPEND bad "\n${source}: ${include}")
    endif()
  endforeach()
endforeach()
if(bad)
  message(FATAL_ERROR "expected includes of runtime/ and the system only, found:${bad}")
endif()
