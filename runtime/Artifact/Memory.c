/* The four functions a code generator may call on its own. They are part of
   every artifact so that it imports nothing. */
#include <stddef.h>
#include <stdint.h>

/* "used": no call to them need be visible before code generation. */
#define SEXTANT_KEEP __attribute__((used))

/* Unaligned words that may alias anything. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word;

SEXTANT_KEEP void *memcpy(void *restrict to, const void *restrict from,
                          size_t bytes) {
  char *t = to;
  const char *f = from;
  for (; bytes >= sizeof(word);
       bytes -= sizeof(word), t += sizeof(word), f += sizeof(word))
    *(word *)t = *(const word *)f;
  while (bytes--)
    *t++ = *f++;
  return to;
}

SEXTANT_KEEP void *memmove(void *to, const void *from, size_t bytes) {
  char *t = to;
  const char *f = from;
  if ((uintptr_t)t - (uintptr_t)f >= bytes) {
    while (bytes--)
      *t++ = *f++;
    return to;
  }
  while (bytes--)
    t[bytes] = f[bytes];
  return to;
}

SEXTANT_KEEP void *memset(void *to, int value, size_t bytes) {
  char *t = to;
  const word pattern = (uint64_t)(unsigned char)value * 0x0101010101010101u;
  for (; bytes >= sizeof(word); bytes -= sizeof(word), t += sizeof(word))
    *(word *)t = pattern;
  while (bytes--)
    *t++ = (char)value;
  return to;
}

SEXTANT_KEEP int memcmp(const void *left, const void *right, size_t bytes) {
  const unsigned char *l = left, *r = right;
  for (; bytes--; ++l, ++r)
    if (*l != *r)
      return *l < *r ? -1 : 1;
  return 0;
}
