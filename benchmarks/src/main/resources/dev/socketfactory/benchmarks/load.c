/*
 * Load generator, C client and process clock of the benchmarks. Commands:
 *
 *   load accept TARGET IN_FLIGHT COUNT       connect, read one byte and the end, reset; COUNT times
 *   load line TARGET IN_FLIGHT COUNT         send a line and read it back, COUNT times over IN_FLIGHT connections
 *   load backlog TARGET COUNT PID            stop PID, connect COUNT times, let PID go on, read a byte and the end of each
 *   load hold TARGET COUNT                   hold COUNT connections until standard input ends
 *   load connect TARGET IN_FLIGHT            for each number read from standard input: connect and reset that many times
 *   load cpu PID                             nanoseconds of processor time of a process, its ended threads included
 *
 * TARGET is a port of 127.0.0.1 or the path of a UNIX socket.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LINE_LENGTH 64

struct connection {
	int fd;
	int connected;
	int received;
	uint64_t begun;
};

static struct sockaddr_storage address;
static socklen_t address_length;
static int epoll_fd;
static uint64_t *latencies;
static long latency_count;
static long failures;
static char line[LINE_LENGTH];

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static uint64_t now(clockid_t clock) {
	struct timespec time;
	if (clock_gettime(clock, &time) < 0) {
		fail("clock_gettime");
	}
	return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

static void set_target(const char *target) {
	if (strchr(target, '/') != NULL) {
		struct sockaddr_un *local = (struct sockaddr_un *) &address;
		local->sun_family = AF_UNIX;
		strncpy(local->sun_path, target, sizeof(local->sun_path) - 1);
		address_length = sizeof(*local);
		return;
	}
	struct sockaddr_in *internet = (struct sockaddr_in *) &address;
	internet->sin_family = AF_INET;
	internet->sin_port = htons((uint16_t) atoi(target));
	internet->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address_length = sizeof(*internet);
}

static void raise_descriptor_limit(void) {
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Reset instead of FIN, so that no port stays in TIME_WAIT. */
static void reset(int fd) {
	struct linger none = { 1, 0 };
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

/* Begin to connect; false if the queue of a UNIX listener is full. */
static int begin(struct connection *connection) {
	connection->begun = now(CLOCK_MONOTONIC);
	connection->received = 0;
	connection->connected = 0;
	connection->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connection->fd < 0) {
		fail("socket");
	}
	if (connect(connection->fd, (struct sockaddr *) &address, address_length) < 0 && errno != EINPROGRESS) {
		if (errno != EAGAIN) {
			fail("connect");
		}
		close(connection->fd);
		connection->fd = -1;
		return 0;
	}
	return 1;
}

static void watch(struct connection *connection, uint32_t events, int operation) {
	struct epoll_event event = { .events = events, .data.ptr = connection };
	if (epoll_ctl(epoll_fd, operation, connection->fd, &event) < 0) {
		fail("epoll_ctl");
	}
}

static void open_and_watch(struct connection *connection, uint32_t events) {
	while (!begin(connection)) {
		usleep(1000);
	}
	watch(connection, events, EPOLL_CTL_ADD);
}

static int wait_for(struct epoll_event *events, int most) {
	int ready = epoll_wait(epoll_fd, events, most, 20000);
	if (ready == 0) {
		fprintf(stderr, "nothing has come for 20 s; %ld of the answers are there\n", latency_count);
		exit(1);
	}
	return ready;
}

static void received(struct connection *connection) {
	latencies[latency_count++] = now(CLOCK_MONOTONIC) - connection->begun;
}

/* Read the byte and the end; true when the connection has ended. */
static int read_answer(struct connection *connection) {
	char buffer[16];
	ssize_t count;
	while ((count = recv(connection->fd, buffer, sizeof(buffer), 0)) > 0) {
		if (connection->received == 0) {
			received(connection);
		}
		connection->received += (int) count;
	}
	if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
		return 0;
	}
	if (connection->received != 1) {
		failures++;
	}
	reset(connection->fd);
	return 1;
}

static int compare(const void *one, const void *other) {
	uint64_t a = *(const uint64_t *) one;
	uint64_t b = *(const uint64_t *) other;
	return (a > b) - (a < b);
}

static uint64_t percentile(double part) {
	return (latency_count == 0) ? 0 : latencies[(long) (part * (double) (latency_count - 1))];
}

static void print_result(uint64_t wall) {
	qsort(latencies, (size_t) latency_count, sizeof(*latencies), compare);
	printf("count=%ld failures=%ld wall=%llu p50=%llu p99=%llu p999=%llu\n", latency_count, failures,
			(unsigned long long) wall, (unsigned long long) percentile(0.5), (unsigned long long) percentile(0.99),
			(unsigned long long) percentile(0.999));
}

static void prepare(int connections, long answers) {
	raise_descriptor_limit();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	latencies = calloc((size_t) answers + (size_t) connections, sizeof(*latencies));
}

static void accept_load(int in_flight, long count) {
	prepare(in_flight, count);
	struct connection *connections = calloc((size_t) in_flight, sizeof(*connections));
	struct epoll_event events[64];
	long begun = 0;
	long ended = 0;
	uint64_t start = now(CLOCK_MONOTONIC);
	for (; begun < in_flight && begun < count; begun++) {
		open_and_watch(&connections[begun], EPOLLIN);
	}
	while (ended < count) {
		int ready = wait_for(events, 64);
		for (int i = 0; i < ready; i++) {
			if (!read_answer(events[i].data.ptr)) {
				continue;
			}
			ended++;
			if (begun < count) {
				begun++;
				open_and_watch(events[i].data.ptr, EPOLLIN);
			}
		}
	}
	print_result(now(CLOCK_MONOTONIC) - start);
}

static void say(struct connection *connection) {
	connection->begun = now(CLOCK_MONOTONIC);
	connection->received = 0;
	if (send(connection->fd, line, sizeof(line), MSG_NOSIGNAL) != sizeof(line)) {
		fail("send");
	}
}

/* Read what has come of the line; true when it is complete. */
static int hear(struct connection *connection) {
	char buffer[LINE_LENGTH];
	ssize_t count = recv(connection->fd, buffer, sizeof(buffer), 0);
	if (count <= 0) {
		if (count < 0 && errno == EAGAIN) {
			return 0;
		}
		fail("the server has closed a connection");
	}
	if (memcmp(buffer, line + connection->received, (size_t) count) != 0) {
		fprintf(stderr, "another line came back\n");
		exit(1);
	}
	connection->received += (int) count;
	return connection->received == LINE_LENGTH;
}

static void await_connected(struct connection *connection) {
	struct pollfd writable = { .fd = connection->fd, .events = POLLOUT };
	int error = 0;
	socklen_t length = sizeof(error);
	if (poll(&writable, 1, 20000) != 1 || getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0
			|| error != 0) {
		errno = error;
		fail("connect");
	}
}

static void line_load(int in_flight, long count) {
	prepare(in_flight, count);
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	struct connection *connections = calloc((size_t) in_flight, sizeof(*connections));
	struct epoll_event events[64];
	for (int i = 0; i < in_flight; i++) {
		open_and_watch(&connections[i], EPOLLIN);
		await_connected(&connections[i]);
	}
	uint64_t start = now(CLOCK_MONOTONIC);
	for (int i = 0; i < in_flight; i++) {
		say(&connections[i]);
	}
	long said = in_flight;
	while (latency_count < count) {
		int ready = wait_for(events, 64);
		for (int i = 0; i < ready; i++) {
			struct connection *connection = events[i].data.ptr;
			if (!hear(connection)) {
				continue;
			}
			received(connection);
			if (said < count) {
				said++;
				say(connection);
			}
		}
	}
	uint64_t wall = now(CLOCK_MONOTONIC) - start;
	for (int i = 0; i < in_flight; i++) {
		reset(connections[i].fd);
	}
	print_result(wall);
}

static void backlog(int count, pid_t server) {
	prepare(count, count);
	struct connection *connections = calloc((size_t) count, sizeof(*connections));
	struct epoll_event events[64];
	if (kill(server, SIGSTOP) < 0) {
		fail("kill");
	}
	for (int i = 0; i < count; i++) {
		if (!begin(&connections[i])) {
			kill(server, SIGCONT);
			fail("the listen queue is too short");
		}
		watch(&connections[i], EPOLLIN, EPOLL_CTL_ADD);
	}
	for (int i = 0; i < count; i++) {
		await_connected(&connections[i]);
	}
	uint64_t start = now(CLOCK_MONOTONIC);
	for (int i = 0; i < count; i++) {
		connections[i].begun = start;
	}
	kill(server, SIGCONT);
	for (int ended = 0; ended < count;) {
		int ready = wait_for(events, 64);
		for (int i = 0; i < ready; i++) {
			ended += read_answer(events[i].data.ptr);
		}
	}
	print_result(now(CLOCK_MONOTONIC) - start);
}

static void hold(int count) {
	prepare(count, count);
	struct connection *connections = calloc((size_t) count, sizeof(*connections));
	for (int i = 0; i < count; i++) {
		while (!begin(&connections[i])) {
			usleep(1000);
		}
		await_connected(&connections[i]);
	}
	printf("READY %d\n", count);
	fflush(stdout);
	while (getchar() != EOF) {
	}
	for (int i = 0; i < count; i++) {
		reset(connections[i].fd);
	}
}

static void connect_load(int in_flight, long count) {
	struct connection *connections = calloc((size_t) in_flight, sizeof(*connections));
	struct epoll_event events[64];
	long begun = 0;
	long ended = 0;
	for (; begun < in_flight && begun < count; begun++) {
		open_and_watch(&connections[begun], EPOLLOUT);
	}
	while (ended < count) {
		int ready = wait_for(events, 64);
		for (int i = 0; i < ready; i++) {
			struct connection *connection = events[i].data.ptr;
			reset(connection->fd);
			ended++;
			if (begun < count) {
				begun++;
				open_and_watch(connection, EPOLLOUT);
			}
		}
	}
	free(connections);
}

static void connect_on_demand(int in_flight) {
	long count;
	prepare(in_flight, in_flight);
	printf("READY\n");
	fflush(stdout);
	while (scanf("%ld", &count) == 1) {
		connect_load(in_flight, count);
		printf("done\n");
		fflush(stdout);
	}
}

static void print_cpu(pid_t process) {
	clockid_t clock;
	if (clock_getcpuclockid(process, &clock) != 0) {
		fail("clock_getcpuclockid");
	}
	printf("%llu\n", (unsigned long long) now(clock));
}

int main(int count, char **arguments) {
	if (count == 3 && strcmp(arguments[1], "cpu") == 0) {
		print_cpu((pid_t) atoi(arguments[2]));
		return 0;
	}
	if (count < 4) {
		fprintf(stderr, "load accept|line|backlog|hold|connect TARGET ... or load cpu PID\n");
		return 2;
	}
	set_target(arguments[2]);
	int number = atoi(arguments[3]);
	if (strcmp(arguments[1], "hold") == 0) {
		hold(number);
	}
	else if (strcmp(arguments[1], "connect") == 0) {
		connect_on_demand(number);
	}
	else if (count == 5 && strcmp(arguments[1], "accept") == 0) {
		accept_load(number, atol(arguments[4]));
	}
	else if (count == 5 && strcmp(arguments[1], "line") == 0) {
		line_load(number, atol(arguments[4]));
	}
	else if (count == 5 && strcmp(arguments[1], "backlog") == 0) {
		backlog(number, (pid_t) atoi(arguments[4]));
	}
	return 0;
}
