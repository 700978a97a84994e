// Leaves attributes as large and as many as the kernel takes.
#include "attack.h"
#include <sys/xattr.h>

int main(void) {
    static char value[65536];
    memset(value, 'a', sizeof value);
    int fd = open("/srv/attributes", O_WRONLY | O_CREAT, 0644);
    if (fsetxattr(fd, "user.large", value, sizeof value, 0) != 0)
        fsetxattr(fd, "user.large", value, 3000, 0);
    for (int i = 0; i < 2000; i++) {
        char name[64];
        snprintf(name, sizeof name, "user.number%d", i);
        fsetxattr(fd, name, value, 8, 0);
    }
    fsetxattr(fd, "user.\xff\xfe\n", "x", 1, 0);
    close(fd);
    return over();
}
