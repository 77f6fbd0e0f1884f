/*
 * The least that a relay on Linux can do: one thread, epoll, what one connection sends is written to its
 * partner, once per read, and nobody looks at it. The first document of a connection tells who it is and who
 * its partner is: {"id":N,"toid":M} and a NUL. Prints its port as JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 65536
#define MAX_ID 65536
#define WELCOME "{\"errno\":0}"

static int partner_of[MAX_FD]; /* socket -> its partner's id, -1 before the greeting */
static int socket_of[MAX_ID];  /* id -> socket, 0 for none */
static char buffer[65536];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int listen_anywhere(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0) fail("bind");
  if (listen(listener, 1024) < 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void watch(int poll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

static void accept_one(int poll, int listener) {
  int one = 1, fd = accept(listener, NULL, NULL);
  if (fd < 0) return;
  if (fd >= MAX_FD) {
    close(fd);
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  partner_of[fd] = -1;
  watch(poll, fd);
}

static void greet(int fd) {
  int id, toid;
  if (sscanf(buffer, "{\"id\":%d,\"toid\":%d}", &id, &toid) != 2) return;
  if (id < 0 || id >= MAX_ID || toid < 0 || toid >= MAX_ID) return;
  socket_of[id] = fd;
  partner_of[fd] = toid;
  if (write(fd, WELCOME, strlen(WELCOME)) < 0) close(fd);
}

static void relay(int fd, ssize_t count) {
  int partner = socket_of[partner_of[fd]];
  char *at = buffer;
  while (partner > 0 && count > 0) {
    ssize_t written = write(partner, at, count);
    if (written < 0 && errno != EINTR) return;
    if (written < 0) continue;
    at += written;
    count -= written;
  }
}

static void serve(int fd) {
  ssize_t count = read(fd, buffer, sizeof buffer - 1);
  if (count <= 0) {
    close(fd);
  } else if (partner_of[fd] < 0) {
    buffer[count] = 0;
    greet(fd);
  } else {
    relay(fd, count);
  }
}

int main(void) {
  struct epoll_event events[256];
  int listener = listen_anywhere(), poll = epoll_create1(0);
  watch(poll, listener);
  for (;;) {
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == listener) accept_one(poll, listener);
      else serve(events[i].data.fd);
    }
  }
}
