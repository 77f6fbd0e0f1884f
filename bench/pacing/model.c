/*
 * A model of how the original client reads (PROTOCOL.md section 2): recv into 1,024 bytes, and what came is
 * taken for one whole document. Every read that is anything else is a failure; the original ends there, the
 * model counts and goes on.
 *
 *   model PORT FIRST_ID CLIENTS   each client is a process of its own; it logs in, says "ready" after the reply,
 *                                 and ends after the message that holds LAST with "READS FAILURES"
 *   model spin                    keeps one core busy
 */
#define _GNU_SOURCE /* memmem */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char LAST[] = "the last one";
enum { READ = 1024, TAIL = sizeof LAST - 2 };

static int is_one_document(const char *bytes, ssize_t count) {
  int depth = 0, in_string = 0;
  for (ssize_t i = 0; i < count; i++) {
    char byte = bytes[i];
    if (in_string) {
      if (byte == '\\') i++;
      else if (byte == '"') in_string = 0;
    } else if (byte == '"') in_string = 1;
    else if (byte == '{') depth++;
    else if (byte == '}' && --depth == 0) return i == count - 1;
    if (depth == 0) return 0;
  }
  return 0;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int log_in(int port, int id) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char text[100];
  int length = snprintf(text, sizeof text, "{\"id\":%d,\"msgid\":1,\"password\":\"pw\"}", id);
  if (send(fd, text, length + 1, 0) < 0) fail("send");
  return fd;
}

static void client(int port, int id) {
  /* The end of the read before stands in front, so that LAST is found wherever reads cut it. */
  static char buffer[TAIL + READ];
  int fd = log_in(port, id), failures = 0, reads = 0, last = 0;
  while (!last) {
    ssize_t count = recv(fd, buffer + TAIL, READ, 0);
    if (count <= 0) fail("recv");
    /* The original puts a NUL behind what it read: of 1,024 bytes, one is lost. */
    if (count == READ || !is_one_document(buffer + TAIL, count)) failures++;
    if (reads++ == 0 && write(1, "ready\n", 6) < 0) fail("write");
    last = memmem(buffer, TAIL + count, LAST, sizeof LAST - 1) != NULL;
    memmove(buffer, buffer + count, TAIL);
  }
  printf("%d %d\n", reads, failures);
  exit(0);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "spin") == 0)
    for (volatile long n = 0;; n++);
  if (argc != 4) return 2;
  int port = atoi(argv[1]), first = atoi(argv[2]), clients = atoi(argv[3]), failed = 0, status;
  for (int n = 0; n < clients; n++)
    if (fork() == 0) client(port, first + n);
  while (wait(&status) > 0) failed |= status;
  return failed != 0;
}
