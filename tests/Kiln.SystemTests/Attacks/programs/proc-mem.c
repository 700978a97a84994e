// Reads the memory of every process that it can name, by /proc and by process_vm_readv.
#include "attack.h"
#include <sys/uio.h>

int main(void) {
    static char buffer[4096];
    for (int pid = 1; pid < 4000; pid++) {
        if (pid == getpid())
            continue;
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/mem", pid);
        int fd = open(path, O_RDWR);
        struct iovec local = { buffer, sizeof buffer }, remote = { (void *)0x400000, sizeof buffer };
        if (process_vm_readv(pid, &local, 1, &remote, 1, 0) > 0 && getppid() != pid && pid != 1)
            REACHED("memory of %d", pid);
        if (fd >= 0 && pid != 1 && pid != getppid())
            REACHED("%s", path);
        close(fd);
    }
    return over();
}
