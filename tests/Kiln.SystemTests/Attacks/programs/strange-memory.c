// Paths, addresses and results in memory that is not there, cannot be read, ends too early, or is taken away meanwhile.
// only in: supervised
#include "attack.h"
#include <pthread.h>
#include <sys/resource.h>
#include <sys/un.h>

static char *page;
static volatile int going = 1;

static void *take(void *unused) {
    (void)unused;
    while (going) {
        mprotect(page, 4096, PROT_NONE);
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
        madvise(page, 4096, MADV_DONTNEED);
        strcpy(page, "/srv/harmless");
    }
    return NULL;
}

static void all(void *at) {
    struct stat status;
    char *none[] = { NULL };
    open(at, O_RDONLY), open("/srv/keep", O_RDONLY, at), stat(at, &status), stat("/srv/keep", at), lstat(at, at), access(at, 0), readlink(at, at, 4096), readlink("/proc/self/exe", at, 100);
    syscall(SYS_getcwd, at, 4096), chdir(at), mkdir(at, 0700), rmdir(at), unlink(at), rename(at, at), link(at, at), symlink(at, "/tmp/x"), symlink("x", at), chmod(at, 0), chown(at, 0, 0);
    truncate(at, 0), syscall(SYS_utimensat, AT_FDCWD, at, at, 0), syscall(SYS_utimensat, AT_FDCWD, "/srv/keep", at, 0), syscall(SYS_statfs, at, at), syscall(SYS_statx, AT_FDCWD, at, 0, 0xFFF, at);
    syscall(SYS_openat2, AT_FDCWD, at, at, 24), syscall(SYS_openat2, AT_FDCWD, "/", at, 24), syscall(SYS_getxattr, at, at, at, 100), syscall(SYS_setxattr, at, at, at, 100, 0), syscall(SYS_listxattr, at, at, 100);
    syscall(SYS_execve, at, none, none), syscall(SYS_execve, "/nothing", at, at), syscall(SYS_execveat, AT_FDCWD, at, at, at, 0), syscall(SYS_bind, socket(AF_UNIX, SOCK_STREAM, 0), at, 100);
    syscall(SYS_connect, socket(AF_UNIX, SOCK_STREAM, 0), at, 100), syscall(SYS_connect, 0, at, 100), syscall(SYS_bind, -1, at, 100), syscall(SYS_getgroups, 100, at), syscall(SYS_setgroups, 10, at);
    syscall(SYS_capget, at, at), syscall(SYS_capset, at, at), syscall(SYS_getresuid, at, at, at), syscall(SYS_uname, at), syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, at), syscall(SYS_inotify_add_watch, 0, at, 1);
    syscall(SYS_mknod, at, 0100600, 0), syscall(SYS_prlimit64, 0, 10, at, at), syscall(SYS_kcmp, 1, 2, 0, at, at), syscall(SYS_process_vm_readv, getpid(), at, 1, at, 1, 0), syscall(SYS_chroot, at);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
}

int main(void) {
    page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    int truncated = memfd_create("x", 0), secret = (int)syscall(447 /* memfd_secret */, 0);
    char *ended = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, truncated, 0), *hidden = MAP_FAILED, *nothing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret >= 0 && ftruncate(secret, 4096) == 0 && (hidden = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, secret, 0)) != MAP_FAILED)
        strcpy(hidden, "/srv/harmless");
    void *places[] = { NULL, (void *)1, (void *)-1, (void *)-4096, (void *)0xFFFF800000000000, (void *)0x800000000000, page + 4095, page + 4090, ended, nothing, hidden, (void *)0xFFFFFFFFFF600000 };
    memset(page, 'x', 4096);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        all(places[i]);
    pthread_t second;
    pthread_create(&second, NULL, take, NULL);
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) {
            pthread_create(&second, NULL, take, NULL);
            all(page);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    going = 0;
    return over();
}
