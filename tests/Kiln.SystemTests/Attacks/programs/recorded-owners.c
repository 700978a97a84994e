// Has a supervisor that makes files and gives them away do so outside: by links, climbing, directories that are swapped meanwhile, and FIFOs that it would wait for.
#include "attack.h"
#include <grp.h>
#include <sys/fsuid.h>
#include <pthread.h>

static char outside[4096], target[8192];
static volatile int ended;

static void *swap(void *unused) {
    (void)unused;
    char deep[8200];
    snprintf(deep, sizeof deep, "/../../../../../..%s", outside);
    while (!ended) {
        // The directory in the middle is a link out of the root, a directory, and nothing.
        if (symlink(deep, "/tmp/swap") == 0)
            unlink("/tmp/swap");
        if (mkdir("/tmp/swap", 0777) == 0)
            rename("/tmp/swap", "/tmp/swapped"), rmdir("/tmp/swapped");
        if (mkfifo("/tmp/fifo", 0666) == 0)
            unlink("/tmp/fifo");
        strcpy(target, deep), strcat(target, "/made");
        strcpy(target, "/tmp/made");
    }
    return NULL;
}

static void make(int directory, const char *path) {
    char other[9000];
    snprintf(other, sizeof other, "%s-d", path);
    mkdirat(directory, other, 0777);
    snprintf(other, sizeof other, "%s-l", path);
    symlinkat("x", directory, other);
    snprintf(other, sizeof other, "%s-p", path);
    mknodat(directory, other, S_IFIFO | 0666, 0);
    int fd = openat(directory, path, O_CREAT | O_WRONLY | O_NONBLOCK, 0666);
    if (fd >= 0)
        close(fd);
    fchownat(directory, path, 4242, 4242, 0);
    fchownat(directory, path, 4242, 4242, AT_SYMLINK_NOFOLLOW);
}

static void everywhere(void) {
    const char *forms[] = { "%s/made", "/..%s/made", "/proc/1/root%s/made", "/proc/self/root%s/made", "/proc/self/cwd/../..%s/made", "/proc/thread-self/root/..%s/made", "/tmp/link%s/made", "/tmp/up%s/made" };
    char path[8192];
    symlink("/", "/tmp/link");
    symlink("../../../../../..", "/tmp/up");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(path, sizeof path, forms[i], outside);
        make(AT_FDCWD, path);
        snprintf(path, sizeof path, forms[i], "");
        char file[8300];
        snprintf(file, sizeof file, "%s%s/file", "/tmp/up", outside);
        chown(file, 4242, 4242);
    }
}

static void race(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, swap, NULL);
    for (int i = 0; i < 2000; i++) {
        make(AT_FDCWD, target);
        make(AT_FDCWD, "/tmp/swap/made");
        int fd = open("/tmp/fifo", O_CREAT | O_WRONLY | O_NONBLOCK, 0666);
        if (fd >= 0)
            close(fd);
        fd = open("/tmp/fifo", O_CREAT | O_RDWR, 0666);
        if (fd >= 0)
            close(fd);
        chown("/tmp/swap/file", 4242, 4242);
    }
    ended = 1;
    pthread_join(thread, NULL);
}

static void from_inner_root(void) {
    char path[8192];
    mkdir("/tmp/inner", 0777);
    mkdir("/tmp/inner/moved", 0777);
    int root = open("/", O_RDONLY | O_DIRECTORY);
    if (chdir("/tmp/inner/moved") != 0 || rename("/tmp/inner/moved", "/tmp/moved") != 0 || chroot("/tmp/inner") != 0)
        return;
    snprintf(path, sizeof path, "../../../../../../../..%s/made", outside);
    make(AT_FDCWD, path);
    make(root, path);
}

int main(void) {
    snprintf(outside, sizeof outside, "%s/outside", getenv("ATTACK_PLACE"));
    mkdir("/tmp", 01777), chmod("/tmp", 01777);
    setgroups(0, NULL);
    setresgid(4242, 4242, 0);
    setresuid(4242, 4242, 0);
    everywhere();
    race();
    seteuid(0);
    setresuid(-1, 0, 0);
    if (fork() == 0) {
        setfsuid(4242);
        from_inner_root();
        _exit(0);
    }
    wait(NULL);
    return over();
}
