// The supervisor knows processes by a number that they carry as a limit: changes it, to be another user than one has become.
// only in: supervised
#include "attack.h"
#include <sys/resource.h>

static void set(pid_t process, unsigned long resource, unsigned long soft, unsigned long hard) {
    unsigned long limit[2] = { soft, hard }, before[2] = { 0, 0 };
    syscall(SYS_prlimit64, process, resource, limit, before);
    syscall(SYS_prlimit64, process, resource, NULL, before);
    if (before[0] >> 32 == 0x4B696C6E || before[1] >> 32 == 0x4B696C6E)
        REACHED("the number %lx", before[0]);
    syscall(SYS_prlimit64, process, resource, before, NULL);
    if (process == 0 || process == getpid()) {
        syscall(SYS_setrlimit, resource, limit);
        syscall(SYS_getrlimit, resource, before);
        if (before[0] >> 32 == 0x4B696C6E)
            REACHED("the number %lx", before[0]);
    }
}

int main(void) {
    pid_t first = getpid(), child = fork();
    if (child == 0) {
        struct stat status;
        if (setgid(1000) != 0 || setuid(1000) != 0)
            _exit(0); // the rung has one user only
        pid_t processes[] = { 0, getpid(), first, 1, -1, getppid() };
        unsigned long resources[] = { 10, 10ul | 1ul << 32, 10ul | 1ul << 63, ~0ul, 10ul | 0xFFFFFFFF00000000ul };
        unsigned long softs[] = { 0, 1, ~0ul, 0x4B696C6E00000000ul, 0x4B696C6E00000001ul, 0x4B696C6E00000002ul, 0x4B696C6E7FFFFFFFul, 0x4B696C6EFFFFFFFFul };
        for (size_t p = 0; p < sizeof processes / sizeof *processes; p++)
            for (size_t r = 0; r < sizeof resources / sizeof *resources; r++)
                for (size_t s = 0; s < sizeof softs / sizeof *softs; s++) {
                    set(processes[p], resources[r], softs[s], softs[s]);
                    set(processes[p], resources[r], softs[s], ~0ul);
                    if (getuid() != 1000 || geteuid() != 1000)
                        REACHED("user %d", getuid());
                }
        int made = open("/tmp/made-by-1000", O_CREAT | O_WRONLY, 0600);
        if (made >= 0 && fstat(made, &status) == 0 && status.st_uid != 1000)
            REACHED("a file of user %d", status.st_uid);
        if (chown("/srv/keep", 1000, 1000) == 0)
            REACHED("root's file");
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (getuid() != 0)
        REACHED("root has become %d", getuid());
    return over();
}
