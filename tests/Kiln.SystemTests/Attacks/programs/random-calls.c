// All calls in any order, with arguments that are mostly wrong: the supervisor is to be there at the end. In rungs where calls reach the kernel as root's this would be an attack on the machine.
// only in: supervised
#include "attack.h"
#include <sys/un.h>

static uint64_t state;

static uint32_t next(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static int is_left_out(long call) {
    // What waits, starts or ends processes, or leaves something on the machine for good.
    static const long calls[] = { SYS_fork, SYS_vfork, SYS_clone, SYS_exit, SYS_exit_group, SYS_pause, SYS_rt_sigsuspend, SYS_shmget, SYS_semget, SYS_msgget, SYS_mq_open, SYS_rt_sigreturn, SYS_alarm, SYS_setitimer,
                                  SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_sync, SYS_mlockall, SYS_memfd_create, SYS_fallocate, SYS_ftruncate, SYS_truncate, SYS_personality, SYS_kill, SYS_tkill, SYS_tgkill };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i] == call)
            return 1;
    return 0;
}

static unsigned long argument(void) {
    static char texts[][64] = { "/srv/harmless", "/tmp/x", "/tmp", ".", "..", "", "/proc/self/fd/0", "/proc/self/exe", "/proc/1/root", "/dev/null", "/attack/random-calls", "/tmp/x/../..", "user.x", "\1\0/tmp/s" };
    static char buffer[8192];
    static const long numbers[] = { 0, 1, 2, 3, -1, -2, -100, 4096, 0x1000, 0x100, 0x7FFFFFFF, 0x80000000, 16, 24, 64, 128, 10, 1l << 32, 0x400000, 0x40, 0x200000, 0x241 };
    switch (next(6)) {
    case 0: case 1: return (unsigned long)texts[next(14)];
    case 2: return (unsigned long)(buffer + next(64));
    case 3: return next(8);
    default: return (unsigned long)numbers[next(22)];
    }
}

int main(void) {
    if (strcmp(getenv("ATTACK_RUNG"), "supervised") != 0)
        return over();
    for (int seed = 1; seed <= 150; seed++) {
        pid_t child = fork();
        if (child == 0) {
            state = (uint64_t)seed * 7919;
            int nothing = open("/dev/null", O_RDWR);
            dup2(nothing, 1), dup2(nothing, 2);
            ualarm(200000, 0);
            for (int i = 0; i < 300; i++) {
                long call = next(470);
                if (!is_left_out(call))
                    syscall(next(60) ? call : call | 0x40000000, argument(), argument(), argument(), argument(), argument(), argument());
            }
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    struct stat status;
    if (stat("/srv", &status) != 0 && errno != ENOENT)
        REACHED("nothing any more: %s", strerror(errno));
    return over();
}
