// Exchanges directories and links while others resolve paths through them, and moves the directories that processes are in.
// only in: supervised
#include "attack.h"

#define EXCHANGE 2

static void swap(const char *one, const char *other) { syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, EXCHANGE); }

static pid_t start(void (*work)(void)) {
    pid_t child = fork();
    if (child == 0) {
        for (;;)
            work();
    }
    return child;
}

static void exchange(void) {
    swap("/tmp/a/b", "/tmp/up");
    swap("/tmp/a", "/tmp/link");
    swap("/tmp/a/b/c", "/tmp/far");
}

static void carry(void) {
    // The directory that the others are in goes up and down, and out of directories that they have gone through.
    rename("/tmp/m/1/2/3/4", "/tmp/n/4");
    rename("/tmp/m/1/2", "/tmp/n/4/2");
    rename("/tmp/n/4/2", "/tmp/m/1/2");
    rename("/tmp/n/4", "/tmp/m/1/2/3/4");
}

static void look(const char *begin) {
    char path[8192];
    snprintf(path, sizeof path, "%s../../../../../../../../../../../../../../../../..", begin);
    show_outside(path);
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    struct stat own, root;
    if (fd >= 0) {
        if (fstat(fd, &own) == 0 && stat("/", &root) == 0 && own.st_ino == root.st_ino && own.st_dev == root.st_dev && faccessat(fd, "attack", F_OK, 0) != 0)
            REACHED("a root that is not the step's");
        show(openat(fd, getenv("ATTACK_PLACE") + 1, O_RDONLY));
        close(fd);
    }
}

int main(void) {
    mkdir("/tmp", 01777);
    const char *directories[] = { "/tmp/a", "/tmp/a/b", "/tmp/a/b/c", "/tmp/far", "/tmp/m", "/tmp/m/1", "/tmp/m/1/2", "/tmp/m/1/2/3", "/tmp/m/1/2/3/4", "/tmp/n" };
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        mkdir(directories[i], 0755);
    symlink("..", "/tmp/up");
    symlink("/", "/tmp/link");
    for (int i = 0; i < 30; i++) {
        char name[64];
        snprintf(name, sizeof name, "/tmp/a/b/l%d", i);
        symlink(i % 2 ? "../../.." : "/tmp/a/b/../../..", name);
    }
    pid_t first = start(exchange), second = start(carry);
    for (int i = 0; i < 400; i++) {
        look("/tmp/a/b/c/");
        look("/tmp/a/b/");
        look("/tmp/up/up/up/");
        look("/tmp/a/b/l1/");
        look("/tmp/a/b/l2/");
        show_outside("/tmp/link");
        if (chdir("/tmp/m/1/2/3/4") == 0) {
            look("");
            int here = open(".", O_RDONLY | O_DIRECTORY);
            fchdir(here);
            close(here);
            look("../");
            char where[4096];
            if (getcwd(where, sizeof where) && strstr(where, getenv("ATTACK_PLACE")))
                REACHED("where the tree lies: %s", where);
            chdir("/");
        }
    }
    kill(first, SIGKILL), kill(second, SIGKILL);
    while (wait(NULL) > 0) { }
    return over();
}
