/* The words of an error message about a call. */
#ifndef SEXTANT_RUNTIME_ARTIFACT_SAY_H
#define SEXTANT_RUNTIME_ARTIFACT_SAY_H

#include "runtime/Artifact/Check.h"

static inline void say(sextant_call *call, const char *text) {
  sextant_message_text(&call->message, text);
}

static inline void sayNumber(sextant_call *call, int64_t number) {
  sextant_message_number(&call->message, number);
}

static inline void sayHex(sextant_call *call, uint64_t number) {
  sextant_message_hex(&call->message, number);
}

/* 'query' */
static inline void sayName(sextant_call *call, int32_t arg) {
  say(call, "'");
  say(call, call->kernel->args[arg].name);
  say(call, "'");
}

/* 'query' dim 2 */
static inline void sayDim(sextant_call *call, int32_t arg, int32_t dim) {
  sayName(call, arg);
  say(call, " dim ");
  sayNumber(call, dim);
}

/* Ends a message with one text, or with what was expected and found. */
static inline sextant_status refuse(sextant_call *call, const char *reason) {
  say(call, reason);
  return SEXTANT_INVALID_ARGUMENT;
}

static inline sextant_status mismatch(sextant_call *call, int64_t expected,
                                      int64_t got) {
  say(call, "expected ");
  sayNumber(call, expected);
  say(call, ", got ");
  sayNumber(call, got);
  return SEXTANT_INVALID_ARGUMENT;
}

#endif /* SEXTANT_RUNTIME_ARTIFACT_SAY_H */
