// Sends signals by numbers, by handles, and by the directories of /proc.
#include "attack.h"

int main(void) {
    pid_t parent = getppid();
    for (int pid = 2; pid < 70000; pid++) {
        if (pid == getpid() || pid == parent)
            continue;
        if (kill(pid, SIGKILL) == 0)
            REACHED("killed %d", pid);
        int handle = (int)syscall(SYS_pidfd_open, pid, 0);
        if (handle >= 0 && syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0) == 0)
            REACHED("killed %d by its handle", pid);
        close(handle);
    }
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        int pid = atoi(entry->d_name);
        if (pid <= 1 || pid == getpid() || pid == parent)
            continue;
        int directory = openat(dirfd(processes), entry->d_name, O_RDONLY | O_DIRECTORY);
        if (syscall(SYS_pidfd_send_signal, directory, SIGKILL, NULL, 0) == 0)
            REACHED("killed /proc/%d", pid);
        close(directory);
    }
    return over();
}
