/* Calls one kernel under an emulator, without a C library: reads arrays from
   standard input, writes the results to standard output. Compile with
   -DKERNEL=name and link with the kernel's object.

   Input: the number of inputs and of outputs (int64), then each array: type
   code, bits, rank, extents (int64), and for inputs the elements. */
#include "sextant_runtime.h"

sextant_status KERNEL(const DLTensor *const *, int32_t, DLTensor *const *,
                      int32_t, const sextant_launch *);
#define JOIN(a, b) a##b
#define WORKSPACE_OF(kernel) JOIN(kernel, _workspace)
sextant_status WORKSPACE_OF(KERNEL)(const DLTensor *const *, int32_t,
                                    DLTensor *const *, int32_t,
                                    const sextant_launch *, size_t *);

enum { READ = 63, WRITE = 64, EXIT = 93, ARRAYS = 16, RANK = 8 };

static int64_t call(int64_t number, int64_t a, int64_t b, int64_t c) {
  register int64_t x8 __asm__("x8") = number;
  register int64_t x0 __asm__("x0") = a;
  register int64_t x1 __asm__("x1") = b;
  register int64_t x2 __asm__("x2") = c;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}

static void leave(int code) {
  call(EXIT, code, 0, 0);
  __builtin_unreachable();
}

static void take(void *to, int64_t bytes) {
  for (char *at = to; bytes > 0;) {
    const int64_t got = call(READ, 0, (int64_t)at, bytes);
    if (got <= 0)
      leave(90);
    at += got;
    bytes -= got;
  }
}

static void put(int to, const void *from, int64_t bytes) {
  for (const char *at = from; bytes > 0;) {
    const int64_t wrote = call(WRITE, to, (int64_t)at, bytes);
    if (wrote <= 0)
      leave(91);
    at += wrote;
    bytes -= wrote;
  }
}

static char memory[128 << 20] __attribute__((aligned(64)));
static size_t used;

static void *allocate(size_t bytes) {
  void *at = memory + used;
  used += (bytes + 63) / 64 * 64;
  if (used > sizeof(memory))
    leave(92);
  return at;
}

static DLTensor tensors[ARRAYS];
static int64_t shapes[ARRAYS][RANK];
static int64_t sizes[ARRAYS];

static void takeTensor(int64_t i, int isInput) {
  int64_t head[3];
  take(head, sizeof(head));
  if (head[2] < 0 || head[2] > RANK)
    leave(93);
  take(shapes[i], head[2] * 8);
  sizes[i] = head[1] / 8;
  for (int64_t d = 0; d < head[2]; ++d)
    sizes[i] *= shapes[i][d];
  DLTensor *tensor = &tensors[i];
  tensor->data = allocate((size_t)sizes[i]);
  tensor->device.device_type = kDLCPU;
  tensor->ndim = (int32_t)head[2];
  tensor->dtype.code = (uint8_t)head[0];
  tensor->dtype.bits = (uint8_t)head[1];
  tensor->dtype.lanes = 1;
  tensor->shape = shapes[i];
  if (isInput)
    take(tensor->data, sizes[i]);
}

void _start(void) {
  int64_t counts[2];
  const DLTensor *in[ARRAYS];
  DLTensor *out[ARRAYS];
  take(counts, sizeof(counts));
  if (counts[0] < 0 || counts[1] < 0 || counts[0] + counts[1] > ARRAYS)
    leave(94);
  for (int64_t i = 0; i < counts[0] + counts[1]; ++i) {
    takeTensor(i, i < counts[0]);
    if (i < counts[0])
      in[i] = &tensors[i];
    else
      out[i - counts[0]] = &tensors[i];
  }
  static char message[512];
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  launch.message = message;
  launch.message_bytes = sizeof(message);
  size_t bytes = 0;
  int status = WORKSPACE_OF(KERNEL)(in, (int32_t)counts[0], out,
                                    (int32_t)counts[1], &launch, &bytes);
  if (!status) {
    launch.workspace = allocate(bytes);
    launch.workspace_bytes = bytes;
    status = KERNEL(in, (int32_t)counts[0], out, (int32_t)counts[1], &launch);
  }
  if (status) {
    put(2, message, sizeof(message));
    leave(status);
  }
  for (int64_t i = 0; i < counts[1]; ++i)
    put(1, out[i]->data, sizes[counts[0] + i]);
  leave(0);
}
