// Sockets of the container by their paths and names: streams, packets, and datagrams by every call that takes a name.
// only in: supervised
#include "attack.h"
#include <stddef.h>
#include <sys/un.h>

static void send_to(int fd, struct sockaddr_un *address, socklen_t length) {
    struct iovec vector = { "reached", 7 };
    struct mmsghdr messages[1] = { { .msg_hdr = { .msg_name = address, .msg_namelen = length, .msg_iov = &vector, .msg_iovlen = 1 } } };
    // Who has a socket of that name writes down what it gets, outside.
    sendto(fd, "reached", 7, MSG_DONTWAIT, (struct sockaddr *)address, length);
    sendmsg(fd, &messages[0].msg_hdr, MSG_DONTWAIT);
    sendmmsg(fd, messages, 1, MSG_DONTWAIT);
}

int main(void) {
    char directory[4096];
    const char *names[] = { "stream", "datagram", "packets" };
    const long types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW, SOCK_DGRAM | SOCK_NONBLOCK, SOCK_DGRAM | SOCK_CLOEXEC, SOCK_DGRAM | 1l << 32 };
    const long families[] = { AF_UNIX, AF_UNIX | 1l << 32, AF_UNIX | 0xFFFFFFFF00000000l };
    int files = open("/proc/self/root", O_PATH | O_DIRECTORY);
    for (size_t f = 0; f < 3; f++)
        for (size_t t = 0; t < 7; t++)
            for (size_t n = 0; n < 3; n++)
                for (int way = 0; way < 4; way++) {
                    struct sockaddr_un address = { .sun_family = AF_UNIX };
                    snprintf(directory, sizeof directory, "%s%s/%s", way == 1 ? "../../../../../.." : way == 2 ? "/proc/self/root" : "", getenv("ATTACK_PLACE"), names[n]);
                    if (way == 3)
                        snprintf(directory, sizeof directory, "/proc/self/fd/%d/../../..%s/%s", files, getenv("ATTACK_PLACE"), names[n]);
                    strncpy(address.sun_path, directory, sizeof address.sun_path - 1);
                    int fd = (int)syscall(SYS_socket, families[f], types[t], 0), pair[2];
                    if (fd < 0)
                        continue;
                    send_to(fd, &address, sizeof address);
                    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
                        REACHED("%s", directory);
                        show(fd);
                        continue;
                    }
                    close(fd);
                    if (syscall(SYS_socketpair, families[f], types[t], 0, pair) == 0) {
                        send_to(pair[0], &address, sizeof address);
                        close(pair[0]);
                        close(pair[1]);
                    }
                }
    // Its own are there for it, by name and by path.
    for (int abstract = 0; abstract < 2; abstract++) {
        struct sockaddr_un own = { .sun_family = AF_UNIX };
        strcpy(own.sun_path + abstract, "/tmp/own-socket");
        socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)abstract + 15 + !abstract);
        int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
        if (bind(listener, (struct sockaddr *)&own, length) != 0 || listen(listener, 1) != 0 || connect(client, (struct sockaddr *)&own, length) != 0)
            REACHED("not even its own sockets: %s", strerror(errno));
        close(client);
        close(listener);
        client = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(client, (struct sockaddr *)&own, length) == 0)
            REACHED("a socket that is closed");
        close(client);
    }
    return over();
}
