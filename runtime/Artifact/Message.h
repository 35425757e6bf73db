/* Builds one error message in a buffer the caller of a kernel gave, with no
   library behind it. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_MESSAGE_H
#define SEXTANT_RUNTIME_ARTIFACT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A text that grows at its end and is cut off, still ended by NUL, where the
   buffer ends. */
typedef struct {
  char *text; /* null: messages are dropped */
  size_t capacity;
  size_t length;
} sextant_message;

/* Starts an empty message in `text`; a null or empty buffer is allowed. */
void sextant_message_begin(sextant_message *message, char *text,
                           size_t capacity);
void sextant_message_text(sextant_message *message, const char *text);
void sextant_message_number(sextant_message *message, int64_t number);
void sextant_message_hex(sextant_message *message, uint64_t number);

#ifdef __cplusplus
}
#endif

#endif /* SEXTANT_RUNTIME_ARTIFACT_MESSAGE_H */
