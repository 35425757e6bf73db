# cmake -D INPUT=<file> -D OUTPUT=<c file> -D NAME=<name> -P SextantEmbed.cmake
# Writes the bytes of INPUT as the constants NAME and NAMESize, which
# runtime/Artifact/Embedded.h declares.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"runtime/Artifact/Embedded.h\"

const unsigned char ${NAME}[] __attribute__((aligned(16))) = {
${bytes}};
const size_t ${NAME}Size = sizeof(${NAME});
")
