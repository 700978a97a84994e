// One user of a step reaches for another one's processes: signals, memory, what it has open, limits. To the kernel they may all be one.
// only in: supervised
#include "attack.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>

static volatile int signalled;
static void note(int signal) { (void)signal; signalled = 1; }

static void try(pid_t root) {
    char path[128];
    static char buffer[64];
    struct iovec local = { buffer, sizeof buffer }, remote = { buffer, sizeof buffer };
    siginfo_t information = { .si_code = SI_QUEUE, .si_signo = SIGUSR1 };
    struct rlimit limit = { 64, 64 };
    struct f_owner_ex { int type; pid_t pid; } owner = { 1, root };
    int handle = (int)syscall(SYS_pidfd_open, root, 0), pair[2];
    if (kill(root, SIGUSR1) == 0) REACHED("kill");
    if (syscall(SYS_tkill, root, SIGUSR1) == 0) REACHED("tkill");
    if (syscall(SYS_tgkill, root, root, SIGUSR1) == 0) REACHED("tgkill");
    if (syscall(SYS_rt_sigqueueinfo, root, SIGUSR1, &information) == 0) REACHED("rt_sigqueueinfo");
    if (syscall(SYS_rt_tgsigqueueinfo, root, root, SIGUSR1, &information) == 0) REACHED("rt_tgsigqueueinfo");
    if (handle >= 0 && syscall(SYS_pidfd_send_signal, handle, SIGUSR1, NULL, 0) == 0) REACHED("pidfd_send_signal");
    if (process_vm_readv(root, &local, 1, &remote, 1, 0) > 0) REACHED("process_vm_readv");
    if (process_vm_writev(root, &local, 1, &remote, 1, 0) > 0) REACHED("process_vm_writev");
    if (ptrace(PTRACE_ATTACH, root, 0, 0) == 0) REACHED("ptrace");
    if (syscall(SYS_prlimit64, root, RLIMIT_NOFILE, &limit, NULL) == 0) REACHED("prlimit");
    if (setpriority(PRIO_PROCESS, (id_t)root, 10) == 0) REACHED("setpriority");
    pipe(pair);
    if (fcntl(pair[0], F_SETOWN, root) == 0 && fcntl(pair[0], 10 /* F_SETSIG */, SIGUSR1) == 0 && fcntl(pair[0], F_SETFL, O_ASYNC) == 0)
        write(pair[1], "x", 1), usleep(1000);
    if (fcntl(pair[0], 15 /* F_SETOWN_EX */, &owner) == 0 && fcntl(pair[0], F_SETFL, O_ASYNC) == 0)
        write(pair[1], "x", 1), usleep(1000);
    const char *files[] = { "mem", "environ", "auxv", "maps", "fd/0", "fd", "fdinfo/0", "syscall", "pagemap", "oom_score_adj", "task", "cwd/root", "root/root", "exe" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        for (int how = 0; how < 2; how++) {
            snprintf(path, sizeof path, how ? "/proc/%d/task/%1$d/%s" : "/proc/%d/%s", root, files[i]);
            int fd = open(path, O_RDWR);
            if (fd >= 0) REACHED("%s to write", path);
            close(fd);
            if (strcmp(files[i], "task") == 0 || strcmp(files[i], "oom_score_adj") == 0)
                continue;
            fd = open(path, O_RDONLY);
            if (fd >= 0) REACHED("%s", path);
            close(fd);
        }
    }
    snprintf(path, sizeof path, "/proc/%d/cwd", root);
    if (readlink(path, buffer, sizeof buffer) > 0) REACHED("%s", path);
    // Its own are its own, once it may be looked into again.
    prctl(PR_SET_DUMPABLE, 1);
    if (open("/proc/self/environ", O_RDONLY) < 0 || open("/proc/self/fd", O_RDONLY) < 0 || kill(getpid(), 0) != 0 || readlink("/proc/self/exe", buffer, sizeof buffer) <= 0)
        REACHED("not even itself: %s", strerror(errno));
    kill(-getpgrp(), SIGUSR1);
    kill(-1, SIGUSR1);
    kill(0, SIGUSR1);
}

int main(void) {
    // With namespaces and a single id outside, nothing keeps users from each other, as SECURITY.md says.
    if (strcmp(getenv("ATTACK_RUNG"), "supervised") != 0)
        return over();
    signal(SIGUSR1, note);
    setenv("SECRET_OF_ROOT", "x", 1);
    pid_t root = getpid(), child = fork();
    if (child == 0) {
        signal(SIGUSR1, SIG_IGN);
        if (setgid(1000) != 0 || setuid(1000) != 0 || setuid(0) == 0)
            REACHED("identity");
        try(root);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (signalled)
        REACHED("a signal");
    return over();
}
