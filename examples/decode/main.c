/* Fills a cache of coefficients and a cache of values token by token, decodes
   every token, and compares with the same sequence computed in one call. */
#include "decode.h"
#include "sextant_runtime.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { B = 2, H = 4, G = 2, TOKENS = 150, CAPACITY = TOKENS, D = 64, K = D / 2 };

static float *allocated(size_t count) {
  float *data = calloc(count, sizeof *data);
  if (!data)
    exit(1);
  return data;
}

static float *filled(size_t count, unsigned seed, int positive) {
  float *data = allocated(count);
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    data[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    if (positive && data[i] < 0)
      data[i] = 0;
  }
  return data;
}

static DLTensor tensor(float *data, int64_t *shape, int64_t *strides) {
  DLTensor t = {0};
  t.data = data;
  t.device.device_type = kDLCPU;
  t.ndim = 4;
  t.dtype.code = kDLFloat;
  t.dtype.bits = 32;
  t.dtype.lanes = 1;
  t.shape = shape;
  t.strides = strides; /* null: compact */
  return t;
}

static char message[256];

static void stop(sextant_status status) {
  fprintf(stderr, "%s: %s\n", sextant_status_name(status), message);
  exit(1);
}

static void attend(DLTensor *q, DLTensor *tau, DLTensor *v, DLTensor *out) {
  const DLTensor *in[coca_tau_n_in] = {q, tau, v};
  DLTensor *outs[coca_tau_n_out] = {out};
  sextant_launch launch;
  sextant_status status = sextant_default_launch(&launch, message, sizeof message);
  if (status != SEXTANT_OK)
    stop(status);
  launch.message = message;
  launch.message_bytes = sizeof message;
  size_t bytes = 0;
  status = coca_tau_workspace(in, coca_tau_n_in, outs, coca_tau_n_out, &launch, &bytes);
  if (status != SEXTANT_OK)
    stop(status);
  bytes = (bytes / SEXTANT_WORKSPACE_ALIGNMENT + 1) * SEXTANT_WORKSPACE_ALIGNMENT;
  launch.workspace = aligned_alloc(SEXTANT_WORKSPACE_ALIGNMENT, bytes);
  launch.workspace_bytes = bytes;
  status = coca_tau(in, coca_tau_n_in, outs, coca_tau_n_out, &launch);
  free(launch.workspace);
  if (status != SEXTANT_OK)
    stop(status);
}

int main(void) {
  float *q = filled((size_t)B * H * TOKENS * D, 1, 0);
  float *tau = filled((size_t)B * G * TOKENS * K, 2, 1);
  float *v = filled((size_t)B * G * TOKENS * D, 3, 0);
  float *whole = allocated((size_t)B * H * TOKENS * D);
  float *step = allocated((size_t)B * H * D);

  int64_t qShape[4] = {B, H, TOKENS, D}, tauShape[4] = {B, G, TOKENS, K}, vShape[4] = {B, G, TOKENS, D};
  DLTensor allQ = tensor(q, qShape, NULL), allTau = tensor(tau, tauShape, NULL), allV = tensor(v, vShape, NULL);
  DLTensor allOut = tensor(whole, qShape, NULL);
  attend(&allQ, &allTau, &allV, &allOut);

  /* The caches: yours, with room for CAPACITY tokens. */
  float *tauData = allocated((size_t)B * G * CAPACITY * K), *vData = allocated((size_t)B * G * CAPACITY * D);
  int64_t tauRoom[4] = {B, G, CAPACITY, K}, vRoom[4] = {B, G, CAPACITY, D};
  DLTensor tauCache = tensor(tauData, tauRoom, NULL), vCache = tensor(vData, vRoom, NULL);
  int64_t tauLength = 0, vLength = 0;

  /* One token of the sequence, as views. */
  int64_t qOne[4] = {B, H, 1, D}, tauOne[4] = {B, G, 1, K}, vOne[4] = {B, G, 1, D};
  int64_t qSteps[4] = {H * TOKENS * D, TOKENS * D, D, 1};
  int64_t tauSteps[4] = {G * TOKENS * K, TOKENS * K, K, 1}, vSteps[4] = {G * TOKENS * D, TOKENS * D, D, 1};
  /* The rows in use of the caches, as views. */
  int64_t tauUsed[4] = {B, G, 0, K}, vUsed[4] = {B, G, 0, D};
  int64_t tauRows[4] = {G * CAPACITY * K, CAPACITY * K, K, 1}, vRows[4] = {G * CAPACITY * D, CAPACITY * D, D, 1};

  double worst = 0;
  sextant_status status = SEXTANT_OK;
  for (int64_t n = 0; n < TOKENS; ++n) {
    DLTensor newTau = tensor(tau + n * K, tauOne, tauSteps), newV = tensor(v + n * D, vOne, vSteps);
    status = sextant_append(&newTau, &tauCache, &tauLength, 1, message, sizeof message);
    if (status == SEXTANT_OK)
      status = sextant_append(&newV, &vCache, &vLength, 1, message, sizeof message);
    if (status != SEXTANT_OK)
      stop(status);
    tauUsed[2] = tauLength;
    vUsed[2] = vLength;
    DLTensor query = tensor(q + n * D, qOne, qSteps), out = tensor(step, qOne, NULL);
    DLTensor usedTau = tensor(tauData, tauUsed, tauRows), usedV = tensor(vData, vUsed, vRows);
    attend(&query, &usedTau, &usedV, &out);
    for (int64_t head = 0; head < B * H; ++head)
      for (int64_t c = 0; c < D; ++c) {
        double error = fabs((double)step[head * D + c] - whole[(head * TOKENS + n) * D + c]);
        worst = error <= worst ? worst : error; /* NaN counts */
      }
  }
  printf("%d tokens, largest difference to one call: %.1e\n", TOKENS, worst);

  DLTensor oneMore = tensor(tau, tauOne, tauSteps);
  status = sextant_append(&oneMore, &tauCache, &tauLength, 1, message, sizeof message);
  printf("a token too many: %s: %s\n", sextant_status_name(status), message);
  int good = worst < 1e-5 && status == SEXTANT_INVALID_ARGUMENT && tauLength == CAPACITY;
  free(q), free(tau), free(v), free(whole), free(step), free(tauData), free(vData);
  puts(good ? "success" : "failure");
  return !good;
}
