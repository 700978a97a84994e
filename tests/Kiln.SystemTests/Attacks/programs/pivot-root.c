// Exchanges its root for another, and unmounts it to see what lies below.
#include "attack.h"

int main(void) {
    mkdir("/srv/new", 0755);
    if (syscall(SYS_pivot_root, "/srv/new", "/srv/new") == 0 || syscall(SYS_pivot_root, ".", ".") == 0)
        REACHED("pivot_root");
    if (umount2("/", MNT_DETACH) == 0)
        REACHED("unmounted the root");
    show_outside("");
    show_outside("/..");
    return over();
}
