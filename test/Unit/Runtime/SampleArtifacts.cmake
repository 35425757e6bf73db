# The hand-written artifacts that the loader's tests load or refuse: one clean,
# and one for each broken rule. They lie in <build>/test/artifacts.
set(SAMPLE_ARTIFACT_DIR ${PROJECT_BINARY_DIR}/test/artifacts)
file(MAKE_DIRECTORY ${SAMPLE_ARTIFACT_DIR})

set(json "{\"producer\": \"by hand\", \"kernels\": [{\"name\": \"scale\", \"description\": \"y = 2 x\", \"isas\": [\"generic\"], \"inputs\": [{\"name\": \"x\", \"dtype\": \"f32\", \"shape\": [\"L\"]}], \"outputs\": [{\"name\": \"y\", \"dtype\": \"f32\", \"shape\": [\"L\"]}]}]}")
string(SHA256 digest "${json}")
string(REGEX REPLACE "(..)" "0x\\1, " digest "${digest}")
string(REPLACE "\"" "\\\"" json "${json}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/SampleManifest.inc
  "#define MANIFEST_JSON \"${json}\"\n#define MANIFEST_SHA256 ${digest}\n")

find_program(SAMPLE_CLANG clang-22 REQUIRED)
set(artifacts)

# sample_artifact(<name> <extra compiler and linker flags>...)
function(sample_artifact name)
  set(output ${SAMPLE_ARTIFACT_DIR}/${name}.so)
  set(object ${PROJECT_BINARY_DIR}/runtime/Artifact/x86_64/sextant_artifact.o)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/SampleArtifact.c)
  add_custom_command(OUTPUT ${output}
    COMMAND ${SAMPLE_CLANG} -std=c11 -O1 -fPIC -shared -nostdlib -fuse-ld=lld
      -ffreestanding -fno-stack-protector -fvisibility=hidden
      -I ${PROJECT_SOURCE_DIR} -I ${CMAKE_CURRENT_BINARY_DIR}
      ${source} ${object} ${ARGN} -o ${output}
    DEPENDS ${source} sextant-artifact-objects
      ${PROJECT_SOURCE_DIR}/runtime/Artifact/Kernel.h
    VERBATIM)
  set(artifacts ${artifacts} ${output} PARENT_SCOPE)
endfunction()

sample_artifact(clean)
sample_artifact(constructor -DWITH_CONSTRUCTOR)
sample_artifact(ifunc -DWITH_IFUNC)
sample_artifact(needed -lc -Wl,--no-as-needed)
sample_artifact(newabi -DMANIFEST_ABI=2)
sample_artifact(newversion -DMANIFEST_VERSION=9)
sample_artifact(nomanifest -DWITHOUT_MANIFEST)
sample_artifact(noshapes -DWITHOUT_SHAPES)
sample_artifact(textrel -DWITH_TEXT_RELOCATION -Wl,-z,notext)
sample_artifact(thrice -DFACTOR=3)
sample_artifact(tls -DWITH_TLS)
sample_artifact(undefined -DWITH_UNDEFINED)
add_custom_target(SextantSampleArtifacts DEPENDS ${artifacts})
