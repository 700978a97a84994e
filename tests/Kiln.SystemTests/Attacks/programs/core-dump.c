// Crashes in many places: a dump of memory is written by the kernel, which knows nothing of a step's root.
// only in: supervised
#include "attack.h"
#include <sys/resource.h>

int main(void) {
    const char *places[] = { "/", "/tmp", "/srv", "/proc", "/dev" };
    struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY }, some;
    if (setrlimit(RLIMIT_CORE, &all) != 0 && getrlimit(RLIMIT_CORE, &some) == 0) {
        some.rlim_cur = some.rlim_max;
        setrlimit(RLIMIT_CORE, &some);
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        pid_t child = fork();
        if (child == 0) {
            if (chdir(places[i]) == 0)
                symlink("/elsewhere", "core");
            raise(SIGSEGV);
            _exit(1);
        }
        waitpid(child, NULL, 0);
        if (chdir(places[i]) == 0)
            unlink("core");
    }
    return over();
}
