// Starts processes that start processes, each in a session of its own and deaf to signals. They stop at 300, to spare the machine that tests it: no limit
// of the kernel's holds for uid 0. The builder has to end them all.
// expect: status 124
#include "attack.h"

int main(void) {
    int *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    while (__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) <= 300) {
        if (fork() == 0)
            setsid();
    }
    for (;;)
        pause();
}
