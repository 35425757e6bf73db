# Installs COMPONENTS (separated by commas) into an empty prefix, builds the
# project in SOURCE against it, which knows nothing else, and runs its PROGRAM,
# on ARTIFACT if there is one. EXPECTED is a regular expression for the output
# up to its last newline.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nexited with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(flags)
if(SANITIZERS)
  set(flags -DCMAKE_C_FLAGS=${SANITIZERS})
endif()
file(REMOVE_RECURSE ${WORK})
string(REPLACE "," ";" components "${COMPONENTS}")
foreach(component ${components})
  run(${CMAKE_COMMAND} --install ${BUILD} --component ${component} --prefix ${WORK}/prefix)
endforeach()
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build ${flags}
  -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_C_COMPILER=${C_COMPILER})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/${PROGRAM} ${ARTIFACT})
if(NOT output MATCHES "${EXPECTED}\n$")
  message(FATAL_ERROR "expected '${EXPECTED}' at the end, found '${output}'")
endif()
