// A step's own filters, which come before the supervisor's: they fake the results of calls that the supervisor has its callers make, stop them, or want to answer themselves.
// only in: supervised
#include "attack.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/un.h>

static int filter(int call, unsigned verdict, unsigned flags) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, verdict),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { 4, code };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void act(void) {
    char *arguments[] = { "own-filters", "again", NULL }, *environment[] = { NULL };
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/filtered" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    alarm(5);
    bind(fd, (struct sockaddr *)&address, sizeof address);
    connect(fd, (struct sockaddr *)&address, sizeof address);
    show_outside("");
    execve("/attack/own-filters", arguments, environment);
    _exit(0);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        show_outside("");
        return 0;
    }
    int calls[] = { SYS_mmap, SYS_munmap, SYS_close, SYS_sendmsg, SYS_execveat, SYS_execve, SYS_prctl, SYS_mprotect, SYS_openat, SYS_open, SYS_connect, SYS_bind, SYS_prlimit64 };
    unsigned verdicts[] = { SECCOMP_RET_ERRNO, SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ERRNO | 4095, SECCOMP_RET_TRACE, SECCOMP_RET_TRAP, SECCOMP_RET_USER_NOTIF, SECCOMP_RET_LOG };
    for (size_t c = 0; c < sizeof calls / sizeof *calls; c++)
        for (size_t v = 0; v < sizeof verdicts / sizeof *verdicts; v++) {
            pid_t child = fork();
            if (child == 0) {
                filter(calls[c], verdicts[v], 0);
                act();
            }
            waitpid(child, NULL, 0);
        }
    int listener = filter(SYS_getppid, SECCOMP_RET_USER_NOTIF, 8 /* NEW_LISTENER */);
    if (listener >= 0 && strcmp(getenv("ATTACK_RUNG"), "supervised") == 0)
        REACHED("a listener of its own");
    (void)argv;
    return over();
}
