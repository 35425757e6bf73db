/* Calls the kernel `sums` with a padded, transposed input and compares with a
   plain loop. Argument: the sextant_isa to run. */
#include "sums.h"
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 5, COLUMNS = 16, PITCH = 7 };

static int fails(const char *what, sextant_status status, const char *message) {
  if (status)
    printf("%s: status %d: %s\n", what, (int)status, message);
  return status != SEXTANT_OK;
}

int main(int argc, char **argv) {
  static float x[COLUMNS * PITCH], y[ROWS * COLUMNS];
  _Alignas(64) static char workspace[4096];
  int64_t shape[] = {ROWS, COLUMNS}, transposed[] = {1, PITCH};
  int64_t y_shape[2] = {0, 0};
  char message[256] = "";
  size_t bytes = 0;
  int wrong = 0;

  DLTensor input = {x, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, transposed, 0};
  DLTensor output = {y, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, y_shape, NULL, 0};
  const DLTensor *in[] = {&input};
  DLTensor *out[] = {&output};
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  launch.isa = argc > 1 ? atoi(argv[1]) : SEXTANT_ISA_AUTO;
  launch.message = message;
  launch.message_bytes = sizeof(message);

  for (int i = 0; i < ROWS; ++i)
    for (int c = 0; c < COLUMNS; ++c)
      x[c * PITCH + i] = (float)(i * 31 + c * 7 % 13);

  if (fails("shapes", sums_shapes(in, sums_n_in, out, sums_n_out, &launch),
            message))
    return 1;
  if (y_shape[0] != ROWS || y_shape[1] != COLUMNS)
    return printf("shapes: got %d x %d\n", (int)y_shape[0], (int)y_shape[1]);
  if (fails("workspace",
            sums_workspace(in, sums_n_in, out, sums_n_out, &launch, &bytes),
            message))
    return 1;
  launch.workspace = workspace;
  launch.workspace_bytes = bytes;
  if (fails("call", sums(in, sums_n_in, out, sums_n_out, &launch), message))
    return 1;

  for (int c = 0; c < COLUMNS; ++c) {
    float sum = 0;
    for (int i = 0; i < ROWS; ++i)
      sum += x[c * PITCH + i];
    for (int i = 0; i < ROWS; ++i)
      wrong += y[i * COLUMNS + c] != 2 * x[c * PITCH + i] + sum;
  }
  printf("workspace %d, wrong %d\n", (int)bytes, wrong);

  /* The checker stands before the kernel. */
  shape[1] = 15;
  sextant_status status = sums(in, sums_n_in, out, sums_n_out, &launch);
  printf("status %d: %s\n", (int)status, message);
  return wrong != 0;
}
