# Installs Sextant into an empty prefix, builds examples/call_from_c against it
# as an outside project (sextantc runs as its build step), and runs it.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nexited with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(flags)
if(SANITIZE)
  set(flags -DCMAKE_C_FLAGS=-fsanitize=address,undefined)
endif()
file(REMOVE_RECURSE ${WORK})
foreach(component Runtime Tools)
  run(${CMAKE_COMMAND} --install ${BUILD} --component ${component} --prefix ${WORK}/prefix)
endforeach()
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build ${flags}
  -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_C_COMPILER=${C_COMPILER})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/call_from_c)
if(NOT output MATCHES "success\n$")
  message(FATAL_ERROR "expected 'success' at the end, found '${output}'")
endif()
