// Uses descriptors that the builder forgot to close.
#include "attack.h"

int main(void) {
    for (int fd = 3; fd < 4096; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            continue;
        REACHED("descriptor %d", fd);
        lseek(fd, 0, SEEK_SET);
        show(openat(fd, "file", O_RDONLY));
        show(fd);
    }
    for (int fd = 0; fd < 3; fd++) {
        show(openat(fd, "..", O_RDONLY | O_DIRECTORY));
        struct stat status;
        if (fstat(fd, &status) == 0 && !S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode))
            REACHED("descriptor %d is mode %o", fd, status.st_mode);
    }
    return over();
}
