// SPDX-License-Identifier: Apache-2.0
// What every attack in C has: REACHED says that something was got at that must not be, show prints what was read, over ends it.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define REACHED(...) (printf("REACHED: "), printf(__VA_ARGS__), printf("\n"), fflush(stdout))

// Prints what a descriptor gives, for the test to look for what it planted.
static inline void show(int fd) {
    static char buffer[65536];
    ssize_t count;
    if (fd < 0)
        return;
    for (int i = 0; i < 64 && (count = read(fd, buffer, sizeof buffer)) > 0; i++)
        fwrite(buffer, 1, (size_t)count, stdout);
    close(fd);
}

static inline void show_path(const char *path) {
    show(open(path, O_RDONLY | O_NONBLOCK));
}

// The file that lies beside the build context, below another root.
static inline void show_outside(const char *root) {
    char path[8192];
    snprintf(path, sizeof path, "%s%s/outside/file", root, getenv("ATTACK_PLACE"));
    show_path(path);
}

static inline int over(void) {
    printf("attack over\n");
    fflush(stdout);
    return 0;
}
