/* Rows of 16-bit weights added to 32-bit sums: what a plain loop in C does with them.
 *
 *   rows FILE PASSES
 *
 * FILE holds 32-bit integers in the byte order of the machine: rows, lanes, steps; for each step the
 * number of its rows and the rows; then rows * lanes weights of 16 bits. A pass starts with sums of
 * zero and adds the rows of all steps. Prints the sum over all lanes of (lane + 1) * sum after one
 * pass, the seconds of wall and of processor time that all passes took. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fail(const char *what) {
  fprintf(stderr, "rows: %s\n", what);
  exit(1);
}

static void fetch(void *to, size_t size, size_t count, FILE *from) {
  if (fread(to, size, count, from) != count) fail("the file is too short");
}

/* A function that is not inlined: else gcc 12 works on two rows at once, and then without vectors. */
static __attribute__((noinline)) void add(const int16_t *restrict row, int lanes, int32_t *restrict sums) {
  for (int lane = 0; lane < lanes; lane++) sums[lane] += row[lane];
}

int main(int argc, char **argv) {
  if (argc != 3) fail("usage: rows FILE PASSES");
  FILE *file = fopen(argv[1], "rb");
  if (!file) fail("no such file");
  int32_t head[3];
  fetch(head, sizeof head[0], 3, file);
  int lanes = head[1], steps = head[2], passes = atoi(argv[2]);
  int32_t **active = malloc(steps * sizeof *active), *counts = malloc(steps * sizeof *counts);
  for (int step = 0; step < steps; step++) {
    fetch(counts + step, sizeof *counts, 1, file);
    active[step] = malloc((counts[step] + 1) * sizeof **active);
    fetch(active[step], sizeof **active, counts[step], file);
  }
  size_t places = (size_t)head[0] * lanes;
  int16_t *weights = aligned_alloc(64, (places * sizeof *weights + 63) / 64 * 64);
  int32_t *sums = aligned_alloc(64, (lanes * sizeof *sums + 63) / 64 * 64);
  fetch(weights, sizeof *weights, places, file);
  fclose(file);

  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  clock_t start = clock();
  for (int pass = 0; pass < passes; pass++) {
    memset(sums, 0, lanes * sizeof *sums);
    for (int step = 0; step < steps; step++)
      for (int i = 0; i < counts[step]; i++) add(weights + (size_t)active[step][i] * lanes, lanes, sums);
  }
  double cpu = (double)(clock() - start) / CLOCKS_PER_SEC;
  clock_gettime(CLOCK_MONOTONIC, &to);
  int64_t check = 0;
  for (int lane = 0; lane < lanes; lane++) check += (int64_t)(lane + 1) * sums[lane];
  printf("%lld %.9f %.9f\n", (long long)check, to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) * 1e-9, cpu);
  return 0;
}
