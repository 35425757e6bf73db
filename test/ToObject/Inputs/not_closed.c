/* A library that is everything an artifact must not be. */
#include <stdio.h>

static _Thread_local int calls;

__attribute__((constructor)) static void start(void) { calls = 1; }

int chatter(void) {
  puts("called");
  return ++calls;
}
