# cmake -D ROOT=<repository> -D OBJECTS=<objects of SextantAttn> -D NM=<llvm-nm>
#       -D WORK=<folder> -D NINJA=<ninja> -D C_COMPILER=<cc> -D CXX_COMPILER=<c++>
#       -P EntriesAreDeletable.cmake
# Deleting the two files of an encoding or a mask still builds:
# 1. no object refers to a symbol of an entry's object, but the list of entries;
# 2. in a copy of the tree entries are deleted, half of them at a time, and the
#    tree configured again: the list no longer has them, and no input of the
#    library is missing.
cmake_minimum_required(VERSION 3.25)
file(GLOB entries RELATIVE ${ROOT}/dialect/Attn
  ${ROOT}/dialect/Attn/Masks/*.td ${ROOT}/dialect/Attn/Positions/*.td
  ${ROOT}/dialect/Attn/Normalizers/*.td ${ROOT}/dialect/Attn/Rows/*.td)
list(LENGTH entries count)
if(count LESS 5)
  message(FATAL_ERROR "expected at least 5 entries, found ${count}")
endif()

# symbols(<flags> <object> <out>): one name a line entry.
function(symbols flags object out)
  execute_process(COMMAND ${NM} ${flags} --format=just-symbols ${object}
    OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" names "${names}")
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE objects ${OBJECTS}/*.o)
set(used "")
foreach(object ${objects})
  if(NOT object MATCHES "AttnEntries\\.cpp\\.o$")
    symbols(--undefined-only ${object} names)
    list(APPEND used ${names})
  endif()
endforeach()
list(REMOVE_DUPLICATES used)
set(registered 0)
foreach(td ${entries})
  string(REPLACE .td .cpp.o object ${td})
  symbols("--defined-only;--extern-only;--no-weak" ${OBJECTS}/${object} names)
  foreach(name ${names})
    if(name MATCHES "entries")
      math(EXPR registered "${registered} + 1")
    endif()
    if(name IN_LIST used)
      message(FATAL_ERROR "expected nothing to depend on entry ${td}, but ${name} is used")
    endif()
  endforeach()
endforeach()
if(NOT registered EQUAL count)
  message(FATAL_ERROR "expected ${count} registration functions, found ${registered}")
endif()

# check_without(<entries>): the tree without them is configured and planned.
function(check_without deleted)
  foreach(td ${deleted})
    string(REPLACE .td .cpp cpp ${td})
    file(REMOVE ${WORK}/tree/dialect/Attn/${td} ${WORK}/tree/dialect/Attn/${cpp})
  endforeach()
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${WORK}/tree -B ${WORK}/build -G Ninja
      -D CMAKE_MAKE_PROGRAM=${NINJA}
      -D CMAKE_C_COMPILER=${C_COMPILER} -D CMAKE_CXX_COMPILER=${CXX_COMPILER}
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  # A dry run fails on an input that is neither there nor made. It would stop
  # at the step that writes build.ninja anew: that one is left out.
  file(READ ${WORK}/build/build.ninja rules)
  string(REGEX REPLACE
    "build [^\n:]*(build\\.ninja|cmake\\.verify_globs):[^\n]*\n( [^\n]*\n)*" ""
    rules "${rules}")
  file(WRITE ${WORK}/build/plan.ninja "${rules}")
  execute_process(
    COMMAND ${NINJA} -C ${WORK}/build -f plan.ninja -n SextantAttn
    OUTPUT_VARIABLE plan COMMAND_ERROR_IS_FATAL ANY)
  if(NOT plan MATCHES "libSextantAttn")
    message(FATAL_ERROR "expected a plan that makes the library, got ${plan}")
  endif()
  file(READ ${WORK}/build/dialect/Attn/IR/AttnEntries.cpp list)
  foreach(td ${deleted})
    get_filename_component(name ${td} NAME_WE)
    if(list MATCHES "add${name}\\(")
      message(FATAL_ERROR "expected ${name} to leave the list of entries")
    endif()
    if(plan MATCHES "${td}")
      message(FATAL_ERROR "expected no step for the deleted ${td}")
    endif()
    get_filename_component(folder ${td} DIRECTORY)
    string(REPLACE .td .cpp cpp ${td})
    file(COPY ${ROOT}/dialect/Attn/${td} ${ROOT}/dialect/Attn/${cpp}
      DESTINATION ${WORK}/tree/dialect/Attn/${folder})
  endforeach()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(COPY ${ROOT}/CMakeLists.txt ${ROOT}/cmake ${ROOT}/dialect DESTINATION ${WORK}/tree)
# Entries by a bit of their number: for any two of them, some tree has the one
# and not the other.
set(bit 1)
while(bit LESS count)
  foreach(value 0 1)
    set(deleted "")
    set(number 0)
    foreach(td ${entries})
      math(EXPR is "(${number} / ${bit}) % 2")
      if(is EQUAL value)
        list(APPEND deleted ${td})
      endif()
      math(EXPR number "${number} + 1")
    endforeach()
    check_without("${deleted}")
  endforeach()
  math(EXPR bit "2 * ${bit}")
endwhile()
message(STATUS "${count} entries can be deleted")
