// What connect(2) and socket(2) are to give in a step, as everywhere: prints what differs. The argument is the port of a server on loopback.
#include "../programs/attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/un.h>

#define EXPECT(condition) do { errno = 0; if (!(condition)) printf("differs: %s: %s\n", #condition, strerror(errno)); } while (0)

static volatile int alarms;

static void ring(int signal) {
    alarms += signal;
}

static int socket_error(int fd) {
    int error = -1;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

int main(int count, char **arguments) {
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(atoi(arguments[count - 1])), .sin_addr.s_addr = inet_addr("127.0.0.1") };
    struct sockaddr_in nobody = server, silent = server;
    nobody.sin_port = htons(1);
    char word[16];

    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_GETFL) == O_RDWR);
    EXPECT(connect(fd, (void *)&nobody, sizeof nobody) < 0 && errno == ECONNREFUSED);
    EXPECT(connect(fd, (void *)&server, sizeof server) == 0);
    EXPECT(connect(fd, (void *)&server, sizeof server) < 0 && errno == EISCONN);
    EXPECT(read(fd, word, sizeof word) > 0);
    close(fd);
    EXPECT(connect(fd, (void *)&server, sizeof server) < 0 && errno == EBADF);
    EXPECT(connect(1, (void *)&server, sizeof server) < 0 && errno == ENOTSOCK);

    fd = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT(fcntl(fd, F_GETFD) == 0);
    EXPECT(connect(fd, (void *)8, sizeof server) < 0 && errno == EFAULT);
    EXPECT(connect(fd, (void *)&server, 3) < 0 && errno == EINVAL);
    EXPECT(connect(fd, (void *)&server, -1) < 0 && errno == EINVAL);
    close(fd);

    // A listener whose queue is full answers nobody, so a connection stays under way.
    int listener = socket(AF_INET, SOCK_STREAM, 0), waiting[4];
    socklen_t size = sizeof silent;
    silent.sin_port = 0;
    bind(listener, (void *)&silent, sizeof silent);
    listen(listener, 0);
    getsockname(listener, (void *)&silent, &size);
    for (int i = 0; i < 4; i++)
        connect(waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&silent, sizeof silent);
    usleep(100000);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    EXPECT(fcntl(fd, F_GETFL) == (O_RDWR | O_NONBLOCK));
    EXPECT(connect(fd, (void *)&silent, sizeof silent) < 0 && errno == EINPROGRESS);
    EXPECT(connect(fd, (void *)&silent, sizeof silent) < 0 && errno == EALREADY);
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sigaction action = { .sa_handler = ring };
    sigaction(SIGALRM, &action, NULL);
    struct itimerval soon = { .it_value = { .tv_usec = 200000 } };
    setitimer(ITIMER_REAL, &soon, NULL);
    EXPECT(connect(fd, (void *)&silent, sizeof silent) < 0 && errno == EINTR);
    EXPECT(alarms != 0);
    close(fd);

    fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP);
    struct sockaddr_in6 mapped = { .sin6_family = AF_INET6, .sin6_port = nobody.sin_port };
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
    EXPECT(connect(fd, (void *)&mapped, sizeof mapped) < 0 && (errno == EINPROGRESS || errno == ECONNREFUSED));
    struct pollfd polled = { .fd = fd, .events = POLLOUT };
    poll(&polled, 1, 5000);
    int error = socket_error(fd);
    EXPECT(error == ECONNREFUSED || error == 0);
    close(fd);

    struct sockaddr_un path = { .sun_family = AF_UNIX };
    snprintf(path.sun_path, sizeof path.sun_path, "/tmp/connections-%d", getpid());
    int local = socket(AF_UNIX, SOCK_STREAM, 0), peer = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT(bind(local, (void *)&path, sizeof path) == 0 && listen(local, 1) == 0 && connect(peer, (void *)&path, sizeof path) == 0);
    struct ucred who = { 0 };
    size = sizeof who;
    EXPECT(getsockopt(accept(local, NULL, NULL), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.pid == getpid() && who.uid == getuid());
    unlink(path.sun_path);

    int datagram = socket(AF_INET, SOCK_DGRAM, 0);
    EXPECT(connect(datagram, (void *)&nobody, sizeof nobody) == 0 && send(datagram, "x", 1, 0) == 1);
    struct stat status;
    EXPECT(fstat(fd = socket(AF_INET, SOCK_STREAM, 0), &status) == 0 && status.st_uid == geteuid());
    EXPECT(socket(AF_INET, SOCK_STREAM, 17) < 0 && errno == EPROTONOSUPPORT);

    struct rlimit none = { 3, 3 };
    setrlimit(RLIMIT_NOFILE, &none);
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EMFILE);
    return over();
}
