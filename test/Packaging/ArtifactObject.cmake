# cmake -D OBJECT=<object> -D NM=<llvm-nm> -D READELF=<llvm-readelf> -P ...
# The part of every artifact that is not generated: it imports nothing, exports
# nothing, starts nothing, and has one writable word (the CPU's features).
function(read_tool variable)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
    ERROR_VARIABLE error)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ${error}")
  endif()
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

read_tool(undefined ${NM} --undefined-only ${OBJECT})
if(NOT undefined STREQUAL "")
  message(FATAL_ERROR "expected no undefined symbol, found:\n${undefined}")
endif()

read_tool(symbols ${READELF} --symbols ${OBJECT})
if(NOT symbols MATCHES "GLOBAL HIDDEN [^\n]* sextant_artifact_call")
  message(FATAL_ERROR "expected a hidden sextant_artifact_call in:\n${symbols}")
endif()
if(symbols MATCHES "(GLOBAL|WEAK) +(DEFAULT|PROTECTED)[^\n]*")
  message(FATAL_ERROR "expected hidden symbols only, found: ${CMAKE_MATCH_0}")
endif()

read_tool(sections ${READELF} --sections --wide ${OBJECT})
if(sections MATCHES "[^\n]*(INIT_ARRAY|FINI_ARRAY|\\.ctors|\\.tdata|\\.tbss)[^\n]*")
  message(FATAL_ERROR "expected no such section: ${CMAKE_MATCH_0}")
endif()
string(REGEX MATCHALL "[^\n]* WA +[0-9][^\n]*" writable "${sections}")
list(FILTER writable EXCLUDE REGEX "\\.data\\.rel\\.ro")
list(FILTER writable EXCLUDE REGEX "\\.bss +NOBITS +[0-9a-f]+ [0-9a-f]+ 000004 ")
list(FILTER writable EXCLUDE REGEX "\\.(data|bss) +[A-Z]+ +[0-9a-f]+ [0-9a-f]+ 000000 ")
if(writable)
  message(FATAL_ERROR "expected one writable word, found:\n${writable}")
endif()
