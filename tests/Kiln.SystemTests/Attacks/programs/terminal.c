// Types commands into the builder's terminal (CVE-2017-5226).
#include "attack.h"

int main(void) {
    const char *terminals[] = { "/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/pts/0", "/dev/pts/1", "/dev/pts/2", "/proc/1/fd/0", "/proc/1/fd/1", "/proc/1/fd/2" };
    char letter = '\n';
    for (int fd = 0; fd < 3; fd++)
        if (ioctl(fd, TIOCSTI, &letter) == 0)
            REACHED("typed into descriptor %d", fd);
    for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++) {
        int fd = open(terminals[i], O_RDWR | O_NOCTTY);
        if (fd >= 0 && (ioctl(fd, TIOCSTI, &letter) == 0 || ioctl(fd, TIOCLINUX, &letter) == 0 || ioctl(fd, TIOCSCTTY, 1) == 0))
            REACHED("typed into %s", terminals[i]);
        close(fd);
    }
    return over();
}
