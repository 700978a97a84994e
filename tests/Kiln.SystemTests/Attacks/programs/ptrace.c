// Attaches to every process that is not of the step.
#include "attack.h"

int main(void) {
    for (int pid = 2; pid < 4000; pid++) {
        if (pid == getpid() || pid == getppid())
            continue;
        if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 || ptrace(PTRACE_ATTACH, pid, 0, 0) == 0)
            REACHED("traced %d", pid);
    }
    return over();
}
