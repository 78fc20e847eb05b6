/*
 * The least that a server can do: accept4, write one byte, close. Prints where it listens, ends with its input.
 *
 *   server byte|hold tcp|PATH
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what) {
	perror(what);
	return 1;
}

int main(int count, char **arguments) {
	if (count != 3) {
		fprintf(stderr, "server byte|hold tcp|PATH\n");
		return 2;
	}
	int hold = strcmp(arguments[1], "hold") == 0;
	int internet = strcmp(arguments[2], "tcp") == 0;
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	struct sockaddr_in port = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	strncpy(path.sun_path, arguments[2], sizeof(path.sun_path) - 1);
	int server = socket(internet ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr *address = internet ? (struct sockaddr *) &port : (struct sockaddr *) &path;
	socklen_t length = internet ? sizeof(port) : sizeof(path);
	if (server < 0 || bind(server, address, length) < 0 || listen(server, 4096) < 0) {
		return fail("listen");
	}
	if (internet) {
		getsockname(server, address, &length);
		printf("READY %d\n", ntohs(port.sin_port));
	}
	else {
		printf("READY %s\n", arguments[2]);
	}
	fflush(stdout);
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[2] = { { .events = EPOLLIN, .data.fd = server }, { .events = EPOLLIN, .data.fd = 0 } };
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, server, &events[0]) < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &events[1]) < 0) {
		return fail("epoll_ctl");
	}
	while (1) {
		int ready = epoll_wait(epoll_fd, events, 2, -1);
		for (int i = 0; i < ready; i++) {
			if (events[i].data.fd == 0) {
				return 0;
			}
		}
		int client;
		while ((client = accept4(server, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0 || errno == ECONNABORTED) {
			if (client < 0 || hold) {
				continue;
			}
			send(client, "x", 1, MSG_NOSIGNAL);
			close(client);
		}
	}
}
