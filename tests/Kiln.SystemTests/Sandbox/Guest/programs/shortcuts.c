// SPDX-License-Identifier: Apache-2.0
// Programs that make enough calls to take shortcuts, and do then what a shortcut could show. Each prints the same under the supervisor as in a root directory that was changed. The argument says which.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct stat s;
static char b[4096];

// Often enough at each place that it is taken by then.
static void warm(void) {
    for (int i = 0; i < 20; i++) {
        stat("/etc/file", &s), lstat("/etc/file", &s), access("/etc/file", R_OK), readlink("/etc/file", b, 9), fstatat(AT_FDCWD, "etc/file", &s, 0);
        int fd = open("/etc/file", O_RDONLY);
        fstat(fd, &s);
        close(fd);
    }
}

static void say(const char *what, long result) {
    int error = errno;
    printf("%s: %s\n", what, result < 0 ? strerror(error) : "done");
    fflush(stdout);
}

static int size(const char *path) { return stat(path, &s) ? -errno : (int)s.st_size; }

static void make(const char *path, const char *content, int mode) {
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, mode);
    write(fd, content, strlen(content));
    close(fd);
}

// What becomes of a child is told.
#define CHILD(name, ...) do { fflush(stdout); pid_t p = fork(); if (p == 0) { __VA_ARGS__; fflush(stdout); _exit(0); } int end; waitpid(p, &end, 0); printf("%s ended with %x\n", name, end); } while (0)

static void locks(void) {
    int fd = open("/tmp/locked", O_CREAT | O_RDWR, 0600);
    for (int how = 0; how < 5; how++) {
        struct flock lock = { .l_type = F_WRLCK };
        say("lock", fcntl(fd, F_SETLK, &lock));
        how == 1 ? stat("/tmp/locked", &s) : how == 2 ? lstat("/tmp/locked", &s) : how == 3 ? access("/tmp/locked", R_OK) : how == 4 ? fstatat(AT_FDCWD, "tmp/locked", &s, 0) : 0;
        CHILD("other", int other = open("/tmp/locked", O_RDWR); say("lock of another", fcntl(other, F_SETLK, &lock)));
    }
}

static void watched(void) {
    make("/tmp/watched", "x", 0600);
    int events = inotify_init1(IN_NONBLOCK), fd = open("/tmp/watched", O_RDWR);
    signal(SIGIO, SIG_IGN);
    say("lease", fcntl(fd, F_SETLEASE, F_WRLCK));
    inotify_add_watch(events, "/tmp", IN_ALL_EVENTS);
    stat("/tmp/watched", &s), lstat("/tmp/watched", &s), access("/tmp/watched", R_OK), stat("/tmp", &s);
    say("event", read(events, b, sizeof b));
    printf("leased %d\n", fcntl(fd, F_GETLEASE));
}

static void slashes(void) {
    char *page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(page, '/', 8192);
    strcpy(page + 8180, "etc/file");
    say("a path that is too long", stat(page, &s));
    munmap(page + 8192, 4096);
    memset(page, '/', 8192);
    CHILD("without an end", say("stat", stat(page, &s)); say("open", open(page, O_RDONLY)); say("access", access(page, R_OK)));
    munmap(page + 4096, 4096);
    for (int length = 0; length < 12; length++) {
        memcpy(page + 4095 - length, "/etc//./file", length);
        page[4095] = 0;
        printf("[%s] %d %d %d; without its end ", page + 4095 - length, stat(page + 4095 - length, &s), access(page + 4095 - length, R_OK), (int)readlink(page + 4095 - length, b, 9));
        page[4095] = 'e';
        printf("%d\n", stat(page + 4095 - length, &s) == 0 ? 0 : errno);
    }
    strcpy(page, "/tmp/given");
    make(page, "x", 0644);
    chown(page, 5, 6);
    say("into its own path", stat(page, (struct stat *)page));
}

static void low(void) {
    CHILD("mapping over low addresses", say("mmap", mmap((void *)0x100000, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0); say("stat", stat("/etc/file", &s)));
}

static int go_to_b(void *unused) { return chdir("/b"); }

static void places(void) {
    static char stack[65536] __attribute__((aligned(16)));
    mkdir("/a", 0755), mkdir("/b", 0755), make("/a/x", "1", 0644), make("/b/x", "12345", 0644);
    chdir("/a");
    waitpid(clone(go_to_b, stack + sizeof stack, CLONE_FILES | SIGCHLD, NULL), NULL, 0);
    printf("a child with our descriptors went elsewhere: %d\n", size("x"));
    CHILD("child", chdir("/b"); printf("%d\n", size("x")));
    pid_t child = vfork();
    if (child == 0)
        _exit(chdir("/b") ? -1 : size("x"));
    int end;
    waitpid(child, &end, 0);
    printf("vfork %x, here %d\n", end, size("x"));
    CHILD("chroot", say("chroot", chroot("/b")); printf("%d %d %d\n", size("/x"), size("x"), size("/etc/file")));
    CHILD("moved", int fd = open("/b", O_DIRECTORY); fchdir(fd); rename("/b", "/c"); printf("%d %d %d", size("x"), size("../b/x"), size("/b/x")); rename("/c", "/b"); printf(" %d\n", size("/b/x")));
    CHILD("gone", mkdir("/gone", 0755); chdir("/gone"); rmdir("/gone"); printf("%d %d", size("x"), size(".")); mkdir("/gone", 0755); make("/gone/x", "123", 0600); printf(" %d %d\n", size("x"), size("/gone/x")));
    CHILD("few descriptors", struct rlimit few = { 100, 100 }; setrlimit(RLIMIT_NOFILE, &few); chdir("/b"); printf("%d ", size("x")); chdir("/a"); printf("%d\n", size("x")));
    CHILD("closed", close_range(3, ~0u, 0); chdir("/b"); printf("%d ", size("x")); int fd = open("/a", O_DIRECTORY); dup2(fd, 4101); dup2(fd, 4100); printf("%d %d\n", size("x"), size("/etc/file") >= 0));
}

static void users(void) {
    make("/tmp/own", "secret", 0600), mkdir("/tmp/shut", 0700), make("/tmp/shut/x", "x", 0644);
    for (int how = 0; how < 5; how++)
        CHILD("user", say("become", how == 0 ? setuid(1000) : how == 1 ? seteuid(1000) : how == 2 ? setresuid(0, 1000, 0) : how == 3 ? setresuid(1000, 1000, 0) : setreuid(0, 1000)); say("open", open("/tmp/own", O_RDONLY));
            say("stat", stat("/tmp/shut/x", &s)); say("access", access("/tmp/own", R_OK)); say("back", setresuid(0, 0, 0)); say("open again", open("/tmp/own", O_RDONLY)));
    char *again[] = { "/shortcuts", "descriptors", NULL };
    CHILD("own descriptors", for (int i = 4095; i < 4110; i++) dup2(0, i); setuid(1000); execv(again[0], again));
}

static int filter(int call, unsigned verdict) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1), BPF_STMT(BPF_RET | BPF_K, verdict), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { 4, code };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

// The program's own filter sees no call that the program has not made.
static void filters(void) {
    int others[] = { SYS_fcntl, SYS_rt_sigprocmask, SYS_openat, SYS_fstat, SYS_close };
    for (int i = 0; i < 5; i++)
        for (int kills = 0; kills < 2; kills++)
            CHILD("filtered", filter(others[i], kills ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | EPERM); say("stat", stat("/etc/file", &s)); say("access", access("/etc/file", R_OK)); say("readlink", readlink("/etc/file", b, 9));
                printf("next %d\n", dup(0)));
    int settings[] = { SYS_seccomp, SYS_close_range };
    char *again[] = { "/shortcuts", "nothing", NULL };
    for (int i = 0; i < 2; i++)
        for (int user = 0; user < 2000; user += 1000)
            CHILD("filtered", filter(settings[i], SECCOMP_RET_ERRNO | EPERM); setuid(user); execv(again[0], again));
}

static sigjmp_buf out;
static void jump(int number) { siglongjmp(out, 1); }
static void nested(int number) {
    int error = errno;
    struct stat status;
    if (stat("/etc/file", &status) || open("/nothing", O_RDONLY) >= 0 || access("etc/file", R_OK))
        write(1, "wrong in a handler\n", 19);
    errno = error;
}

static void signals(void) {
    struct itimerval often = { { 0, 50 }, { 0, 50 } }, never = { 0 };
    sigaction(SIGALRM, &(struct sigaction){ .sa_handler = nested, .sa_flags = SA_RESTART }, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 10000; i++)
        if (stat("/etc/file", &s) || s.st_uid != 0 || stat("/nothing", &s) == 0 || errno != ENOENT)
            puts("wrong");
    setitimer(ITIMER_REAL, &never, NULL);
    int before = dup(0);
    signal(SIGALRM, jump);
    setitimer(ITIMER_REAL, &often, NULL);
    for (volatile int i = 0; i < 4000;)
        if (sigsetjmp(out, 1) == 0)
            i++, stat("/etc/file", &s);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("left open %d\n", dup(0) - before - 1);
}

// open(2); between bytes that are no instruction's beginning.
static const char code[] = "\xf4\xf4\xf4\xf4\xb8\x02\x00\x00\x00\x0f\x05\xc3";

static void generated(void) {
    make("/tmp/code", code, 0755);
    int fd = open("/tmp/code", O_RDWR);
    write(fd, code, sizeof code);
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0), *own = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(own, code, sizeof code);
    for (int i = 0; i < 20; i++) {
        close(((int (*)(const char *, int))(shared + 4))("/etc/file", O_RDONLY));
        close(((int (*)(const char *, int))(own + 4))("/etc/file", O_RDONLY));
    }
    pread(fd, b, sizeof code, 0);
    printf("the file is %s\n", memcmp(b, code, sizeof code) ? "another" : "as it was");
    memcpy(own + 4096, own, sizeof code);
    CHILD("copied code", say("open", ((int (*)(const char *, int))(own + 4100))("/etc/file", O_RDONLY)));
}

static void queue(void) {
    mqd_t made = mq_open("/kiln-shortcuts", O_CREAT | O_RDWR, 0600, NULL);
    say("mq_open", made);
    mq_unlink("/kiln-shortcuts");
}

// Names change at random; two processes look at them by turns, and what they find is what is there.
static unsigned seed = 1;
static unsigned chance(unsigned count) { return ((seed = seed * 1103515245 + 12345) >> 16) % count; }

static void look(char *text) {
    static const char *const paths[] = { "/w/a", "/w/d/x", "/w/d", "/w/l", "/w/l/x", "/w/d/../a", "/w/e/x", "/w/e", "w/a", "w/d/x", "/w/n/o/p", "//w//a", "/w/./d/x" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int result = stat(paths[i], &s), fd = open(paths[i], O_RDONLY | O_NONBLOCK);
        text += sprintf(text, "%s %d:%o:%d:%d", paths[i], result ? errno : 0, result ? 0 : s.st_mode, result ? 0 : (int)s.st_uid, fd < 0);
        result = lstat(paths[i], &s);
        text += sprintf(text, ":%o:%d:%d ", result ? 0 : s.st_mode, (int)readlink(paths[i], b, sizeof b), access(paths[i], R_OK));
        close(fd);
    }
}

static void change(void) {
    static const char *const names[] = { "/w/a", "/w/d/x", "/w/l", "/w/e", "/w/n", "/w/d", "/w/n/o", "/w/n/o/p", "/w/e/x" };
    const char *one = names[chance(9)], *other = names[chance(9)];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = -1;
    switch (chance(16)) {
        case 0: fd = open(one, O_CREAT | O_WRONLY | O_NONBLOCK, 0644); break;
        case 1: mkdir(one, 0755); break;
        case 2: unlink(one); break;
        case 3: rmdir(one); break;
        case 4: rename(one, other); break;
        case 5: symlink(other, one); break;
        case 6: link(one, other); break;
        case 7: chmod(one, chance(512)); break;
        case 8: lchown(one, chance(3), chance(3)); break;
        case 9: mknod(one, S_IFCHR | 0666, makedev(1, 3)); break;
        case 10: strcpy(address.sun_path, one), bind(fd = socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address); break;
        case 11: renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE); break;
        case 12: symlink("d", "/w/l"); break;
        case 13: rename("/w", "/v"), rename("/v", "/w"); break;
        case 14: mkdir("/w/n", 0755), mkdir("/w/n/o", 0755); break;
        case 15: fd = open(one, O_CREAT | O_EXCL | O_RDWR, 0); break;
    }
    close(fd);
}

static void names(void) {
    static char mine[8192], theirs[8192];
    int ask[2], answer[2];
    pipe(ask), pipe(answer);
    mkdir("/w", 0755), mkdir("/w/d", 0755);
    pid_t child = fork();
    if (child == 0) {
        close(ask[1]);
        for (char next; read(ask[0], &next, 1) == 1;) {
            look(theirs);
            write(answer[1], theirs, sizeof theirs);
        }
        _exit(0);
    }
    unsigned long sum = 5381;
    for (int i = 0; i < 2000; i++) {
        change();
        write(ask[1], "", 1);
        for (size_t got = 0; got < sizeof theirs;)
            got += read(answer[0], theirs + got, sizeof theirs - got);
        look(mine);
        if (strcmp(mine, theirs) != 0)
            printf("%d: %s\n%s\n", i, mine, theirs);
        for (char *at = mine; *at; at++)
            sum = sum * 33 + (unsigned char)*at;
        printf("%d %lx\n", i, sum);
    }
    close(ask[1]);
    waitpid(child, NULL, 0);
}

// For what a changed root has not: the same twice, or that it can be had.
static void served(void) {
    const char *directories[] = { "/proc", "/sys", "/dev", "/dev/pts", "/proc/self/fd" };
    for (int i = 0; i < 5; i++) {
        struct stat other;
        int fd = open(directories[i], O_RDONLY | O_DIRECTORY);
        if (stat(directories[i], &s) || fstat(fd, &other) || s.st_ino != other.st_ino || s.st_mode != other.st_mode || s.st_uid != other.st_uid)
            printf("%s is two things\n", directories[i]);
    }
    int unlocked = 0, terminal = open("/dev/ptmx", O_RDWR);
    ioctl(terminal, TIOCSPTLCK, &unlocked);
    say("the other end of a terminal", ioctl(terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY));
}

static void descriptors(void) {
    for (int i = 4095; i < 4110; i++)
        printf("%d", fcntl(i, F_GETFD) >= 0);
    puts("");
}

int main(int count, char **arguments) {
    static const struct { const char *name; void (*run)(void); } programs[] = {
        { "locks", locks }, { "watched", watched }, { "slashes", slashes }, { "low", low }, { "places", places }, { "users", users }, { "filters", filters }, { "signals", signals }, { "generated", generated },
        { "queue", queue }, { "names", names }, { "served", served }, { "descriptors", descriptors },
    };
    mkdir("/etc", 0755), mkdir("/tmp", 0755), make("/etc/file", "content", 0644);
    warm();
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (strcmp(programs[i].name, arguments[1]) == 0)
            programs[i].run();
    return 0;
}
