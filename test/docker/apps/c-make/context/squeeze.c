#include <stdio.h>
#include <string.h>
#include <zlib.h>

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--version") == 0) {
    puts("squeeze 1.0");
    return 0;
  }
  if (argc > 1) {
    fprintf(stderr, "no such option: %s\n", argv[1]);
    return 2;
  }
  int level = 1;
  FILE *settings = fopen("/usr/local/etc/squeeze.conf", "r");
  if (settings) {
    if (fscanf(settings, "level=%d", &level) != 1) level = 1;
    fclose(settings);
  }
  static unsigned char in[65536], out[70000];
  size_t size = fread(in, 1, sizeof in, stdin);
  uLongf length = sizeof out;
  if (compress2(out, &length, in, size, level) != Z_OK) return 1;
  printf("%zu bytes, crc %08lx, level %d\n", size, crc32(0, in, size), level);
  return 0;
}
