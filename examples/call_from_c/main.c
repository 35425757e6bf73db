/* Calls a compiled attention kernel from C, on a small thread pool. The values
   are chosen so that the right answer is known: every value row of a key is the
   key's number, so an output is a weighted mean of the numbers up to its row. */
#include "rope32.h"

#include <stdio.h>
#include <stdlib.h>

enum { B = 1, H = 4, G = 2, N = 300, D = 32, DV = 48 };

static DLTensor tensor(float *data, int64_t *shape) {
  DLTensor t = {0};
  t.data = data;
  t.device.device_type = kDLCPU;
  t.ndim = 4;
  t.dtype.code = kDLFloat;
  t.dtype.bits = 32;
  t.dtype.lanes = 1;
  t.shape = shape; /* strides stay null: compact */
  return t;
}

static float *filled(size_t count, unsigned seed) {
  float *data = malloc(count * sizeof *data);
  for (size_t i = 0; data && i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    data[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
  }
  return data;
}

int main(void) {
  int64_t qs[4] = {B, H, N, D}, ks[4] = {B, G, N, D}, vs[4] = {B, G, N, DV};
  int64_t os[4] = {B, H, N, DV};
  float *q = filled((size_t)B * H * N * D, 1), *k = filled((size_t)B * G * N * D, 2);
  float *v = malloc(sizeof *v * B * G * N * DV), *o = malloc(sizeof *o * B * H * N * DV);
  if (!q || !k || !v || !o)
    return 1;
  for (int64_t row = 0; row < B * G * N; ++row)
    for (int c = 0; c < DV; ++c)
      v[row * DV + c] = (float)(row % N);

  DLTensor tq = tensor(q, qs), tk = tensor(k, ks), tv = tensor(v, vs), to = tensor(o, os);
  const DLTensor *in[rope32_n_in] = {&tq, &tk, &tv};
  DLTensor *out[rope32_n_out] = {&to};

  char message[256] = "";
  sextant_launch launch;
  if (sextant_default_launch(&launch, message, sizeof message) != SEXTANT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  launch.message = message;
  launch.message_bytes = sizeof message;
  sextant_pool *pool = sextant_pool_create(2);
  if (pool) {
    launch.threads = sextant_pool_threads(pool);
    launch.parallel_for = sextant_pool_parallel_for;
    launch.pool = pool;
  }

  size_t bytes = 0;
  if (rope32_workspace(in, rope32_n_in, out, rope32_n_out, &launch, &bytes) != SEXTANT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  bytes = (bytes + SEXTANT_WORKSPACE_ALIGNMENT) / SEXTANT_WORKSPACE_ALIGNMENT * SEXTANT_WORKSPACE_ALIGNMENT;
  launch.workspace = aligned_alloc(SEXTANT_WORKSPACE_ALIGNMENT, bytes);
  launch.workspace_bytes = bytes;
  if (rope32(in, rope32_n_in, out, rope32_n_out, &launch) != SEXTANT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }

  /* Row 0 sees key 0 alone; every row is a mean of 0 .. row. */
  int wrong = o[0] != 0.0f;
  for (int64_t row = 0; row < B * H * N; ++row)
    if (!(o[row * DV] >= 0.0f && o[row * DV] <= (float)(row % N) * 1.00001f))
      ++wrong;
  printf("row 0: %.3f  row %d: %.3f  rows out of range: %d\n", o[0], N - 1, o[(N - 1) * DV], wrong);

  /* A wrong call is refused, with a reason, and writes nothing. */
  ks[3] = 31;
  sextant_status status = rope32(in, rope32_n_in, out, rope32_n_out, &launch);
  printf("a wrong shape: %s: %s\n", sextant_status_name(status), message);

  sextant_pool_destroy(pool);
  free(launch.workspace);
  free(q), free(k), free(v), free(o);
  puts(wrong == 0 && status == SEXTANT_INVALID_ARGUMENT ? "success" : "failure");
  return wrong != 0 || status != SEXTANT_INVALID_ARGUMENT;
}
