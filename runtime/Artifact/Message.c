/* The message builder: append text and numbers, cut off at the buffer's end. */
#include "runtime/Artifact/Message.h"

static void appendChar(sextant_message *message, char c) {
  if (message->length + 1 >= message->capacity)
    return;
  message->text[message->length++] = c;
  message->text[message->length] = '\0';
}

void sextant_message_begin(sextant_message *message, char *text,
                           size_t capacity) {
  message->text = text;
  message->capacity = text ? capacity : 0;
  message->length = 0;
  if (message->capacity)
    text[0] = '\0';
}

void sextant_message_text(sextant_message *message, const char *text) {
  for (; *text; ++text)
    appendChar(message, *text);
}

static void appendUnsigned(sextant_message *message, uint64_t number,
                           unsigned base) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number);
  while (count)
    appendChar(message, digits[--count]);
}

void sextant_message_number(sextant_message *message, int64_t number) {
  uint64_t magnitude = (uint64_t)number;
  if (number < 0) {
    appendChar(message, '-');
    magnitude = 0 - magnitude;
  }
  appendUnsigned(message, magnitude, 10);
}

void sextant_message_hex(sextant_message *message, uint64_t number) {
  sextant_message_text(message, "0x");
  appendUnsigned(message, number, 16);
}
