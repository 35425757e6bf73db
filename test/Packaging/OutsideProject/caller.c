/* Loads the artifact named on the command line and calls its kernel `scale`
   on 0, 1, 2, 3 with the package's thread pool. */
#include <sextant_runtime.h>

#include <stdio.h>

int main(int argc, char **argv) {
  char message[256] = "";
  sextant_lib *lib;
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  float x[4] = {0, 1, 2, 3}, y[4];
  int64_t length = 4;
  DLTensor in = {x, {kDLCPU, 0}, 1, {kDLFloat, 32, 1}, &length, NULL, 0};
  DLTensor out = in;
  const DLTensor *ins[] = {&in};
  DLTensor *outs[] = {&out};
  out.data = y;
  if (argc != 2)
    return 2;
  if (sextant_load(argv[1], &lib, message, sizeof(message))) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  launch.pool = sextant_pool_create(2);
  launch.parallel_for = sextant_pool_parallel_for;
  launch.threads = sextant_pool_threads(launch.pool);
  launch.message = message;
  launch.message_bytes = sizeof(message);
  if (sextant_lib_function(lib, "scale")(ins, 1, outs, 1, &launch)) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  printf("%g %g %g %g\n", y[0], y[1], y[2], y[3]);
  sextant_pool_destroy(launch.pool);
  sextant_close(lib);
  return 0;
}
