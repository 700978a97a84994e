// Calls the kernel by its 32-bit entrance, whose numbers are others.
// expect: any
#include "attack.h"

#ifdef __x86_64__
static long call32(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0) : "memory", "r8", "r9", "r10", "r11");
    return result;
}

static void stop(int signal) {
    (void)signal;
    _exit(over());
}

int main(void) {
    signal(SIGSEGV, stop);
    char *low = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    snprintf(low, 8192, "/..%s/outside/file", getenv("ATTACK_PLACE"));
    strcpy(low + 8192, "/srv");
    strcpy(low + 9000, "tmpfs");
    show((int)call32(5 /* open */, (long)low, 0, 0));
    show((int)call32(295 /* openat */, AT_FDCWD, (long)low, 0));
    if (call32(21 /* mount */, (long)(low + 9000), (long)(low + 8192), (long)(low + 9000)) == 0)
        REACHED("mount");
    if (call32(52 /* umount2 */, (long)(low + 8192), 2, 0) == 0)
        REACHED("umount2");
    for (long pid = 2; pid < 4000; pid++)
        if (pid != getpid() && pid != getppid() && call32(37 /* kill */, pid, 9, 0) == 0)
            REACHED("kill %ld", pid);
    return over();
}
#else
int main(void) {
    return over();
}
#endif
