// SPDX-License-Identifier: Apache-2.0
// Random programs of file operations, each of several processes that take turns: `operations FIRST COUNT` prints a line with a digest of all results for each seed, `operations SEED` the results themselves.
// Everything that is printed depends on the seed alone, and on what system calls answer.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { WORKERS = 3, OPERATIONS = 60, SLOTS = 6, TEXT = 700 };

struct turn { uint64_t random; char text[TEXT]; };

static uint64_t state;
static int slots[SLOTS], places[SLOTS]; // which of them are O_PATH: what those refuse is not asked of them, as directories are handed out open to be read
static char home[64];
static int was_somebody_else; // then the kernel gives no name to what was opened before, by which the supervisor does no harm

static uint32_t next(uint32_t below) {
    state += 0x9E3779B97F4A7C15u;
    uint64_t z = state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) % below);
}

// Few names, so that they meet.
static char *path(char *to) {
    static const char *const names[] = { "a", "b", "c", "d", "a", "b", "e", ".", "..", "l", "m", "l" };
    char *at = to;
    *at = 0;
    if (next(50) == 0)
        return to; // empty
    if (next(8) == 0)
        at += sprintf(at, "%s/", home);
    int parts = 1 + (int)next(2) + (next(5) == 0);
    for (int i = 0; i < parts; i++)
        at += sprintf(at, "%s%s", i ? "/" : "", names[next(i + 1 == parts ? 7 + (next(4) == 0) * 5 : 10) * (i + 1 == parts || next(2))]);
    if (next(12) == 0)
        strcpy(at, next(4) ? "/" : "/.");
    // Nothing outside its own place: `..` may lead up as far as there.
    return to;
}

static int slot(void) {
    int fd = slots[next(SLOTS)];
    return next(3) != 0 || (fd < 0 && next(8) != 0) ? AT_FDCWD : fd;
}

static mode_t mode(int directory) {
    static const mode_t modes[] = { 0, 0400, 0600, 0644, 0700, 0755, 0777, 0666, 0070, 0007, 0111, 0222, 0555 }, special[] = { 01775, 02775, 02755, 03770, 01700 };
    return directory && next(3) == 0 ? special[next(5)] : modes[next(13)];
}

static char *describe(char *to, const struct stat *status) {
    sprintf(to, "%o %u:%u n%lu s%ld", status->st_mode, status->st_uid, status->st_gid, (unsigned long)status->st_nlink, S_ISREG(status->st_mode) || S_ISLNK(status->st_mode) ? (long)status->st_size : 0);
    return to;
}

static int is_directory(const char *name) {
    struct stat status;
    return stat(name, &status) == 0 && S_ISDIR(status.st_mode);
}

static int number(void) {
    int at = (int)next(SLOTS);
    return places[at] ? -1 : slots[at];
}

static void keep(int fd, int is_place) {
    int at = (int)next(SLOTS);
    if (fd < 0)
        return;
    if (slots[at] >= 0)
        close(slots[at]);
    slots[at] = fd, places[at] = is_place != 0;
}

#define SAY(...) (at += snprintf(at, (size_t)(text + TEXT - at), __VA_ARGS__))
#define RESULT(value) do { errno = 0; long result = (long)(value); SAY(" = %ld %s", result < 0 ? -1 : result > 0 && !counts ? 1 : result, result < 0 ? strerrorname_np(errno) : ""); } while (0)

static void operate(char *text) {
    char one[4200], other[4200], note[4200], *at = text;
    struct stat status;
    int counts = 0, fd = 0, flags;
    static const uid_t users[] = { 0, 0, 1000, 1001, 65534 };
    switch (next(42)) {
    case 0: case 1: case 2: case 3: case 4: {
        static const int kinds[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_DIRECTORY, O_PATH, O_PATH | O_NOFOLLOW, O_WRONLY | O_TRUNC, O_RDONLY | O_NOFOLLOW, O_RDWR | O_APPEND, O_PATH | O_DIRECTORY };
        flags = kinds[next(10)] | (next(2) ? O_CREAT : 0) | (next(4) == 0 ? O_EXCL : 0);
        if ((flags & O_PATH) || !(flags & O_CREAT))
            flags &= ~(O_CREAT | O_EXCL);
        if (flags & O_DIRECTORY)
            flags &= ~(O_CREAT | O_EXCL);
        fd = slot(), path(one);
        if (!(flags & O_PATH) && fstatat(fd, one, &status, 0) == 0 && S_ISFIFO(status.st_mode))
            flags |= O_NONBLOCK;
        mode_t asked = mode(0);
        SAY("open %s %o %o", one, flags, asked);
        errno = 0;
        int opened = openat(fd, one, flags, asked);
        // Which of the two it is where links to names with a slash lead round, is left open.
        SAY(" = %s", opened >= 0 ? "opened" : (flags & O_CREAT) && (errno == EISDIR || errno == ELOOP) ? "EISDIR or ELOOP" : strerrorname_np(errno));
        keep(opened, flags & O_PATH);
        break;
    }
    case 5: {
        path(one);
        SAY("temporary %s", one);
        errno = 0;
        int opened = openat(AT_FDCWD, one, O_TMPFILE | O_RDWR, mode(0));
        SAY(" = %s", opened < 0 ? strerrorname_np(errno) : "opened");
        keep(opened, 0);
        break;
    }
    case 6: case 7: case 8: { mode_t asked = mode(next(3) == 0); SAY("mkdir %s %o", path(one), asked); RESULT(mkdirat(slot(), one, asked)); break; }
    case 9: SAY("rmdir %s", path(one)); RESULT(rmdir(one)); break;
    case 10: case 11: SAY("unlink %s", path(one)); RESULT(unlinkat(slot(), one, 0)); break;
    case 12: SAY("unlinkat %s", path(one)); RESULT(unlinkat(slot(), one, AT_REMOVEDIR)); break;
    case 13: case 14: SAY("rename %s %s", path(one), path(other)); RESULT(rename(one, other)); break;
    case 15: { static const unsigned kinds[] = { 0, 1, 2, 2, 3 }; flags = (int)kinds[next(5)]; SAY("renameat2 %s %s %d", path(one), path(other), flags); RESULT(syscall(SYS_renameat2, slot(), one, slot(), other, flags)); break; }
    case 16: case 17: SAY("link %s %s", path(one), path(other)); RESULT(link(one, other)); break;
    case 18: flags = next(2) ? AT_SYMLINK_FOLLOW : 0; SAY("linkat %s %s %d", path(one), path(other), flags); RESULT(linkat(slot(), one, slot(), other, flags)); break;
    case 19: case 20: path(other), path(one); if (next(2)) strcpy(strrchr(one, '/') ? strrchr(one, '/') + 1 : one, next(2) ? "l" : "m"); SAY("symlink %s %s", other, one); RESULT(symlinkat(other, slot(), one)); break;
    case 21: { static const mode_t kinds[] = { S_IFREG, S_IFIFO, S_IFIFO, S_IFSOCK, 0, S_IFDIR, 0170000 }; mode_t asked = kinds[next(7)] | mode(0); SAY("mknod %s %o", path(one), asked); RESULT(mknodat(slot(), one, asked, 0)); break; }
    case 22: case 23: { path(one); mode_t asked = mode(is_directory(one)); SAY("chmod %s %o", one, asked); RESULT(chmod(one, asked)); break; }
    case 24: { fd = number(); mode_t asked = mode(0); SAY("fchmod %o", asked); RESULT(fchmod(fd, asked)); break; }
    case 25: { uid_t uid = next(3) ? users[next(5)] : (uid_t)-1, gid = next(3) ? users[next(5)] : (uid_t)-1; SAY("chown %s %d %d", path(one), uid, gid); RESULT(chown(one, uid, gid)); break; }
    case 26: { uid_t uid = users[next(5)]; flags = next(2) ? AT_SYMLINK_NOFOLLOW : 0; SAY("fchownat %s %d", path(one), uid); RESULT(fchownat(slot(), one, uid, uid, flags)); break; }
    case 27: { fd = number(); uid_t uid = users[next(5)]; SAY("fchown %d", uid); RESULT(fchown(fd, uid, uid)); break; }
    case 28: { struct timespec times[2] = { { next(1000000), 0 }, { next(1000000), 5 } }; flags = next(2) ? AT_SYMLINK_NOFOLLOW : 0; int now = (int)next(2); SAY("utimensat %s %d", path(one), now); RESULT(utimensat(slot(), one, now ? NULL : times, flags)); break; }
    case 29: SAY("truncate %s", path(one)); RESULT(truncate(one, next(100))); break;
    case 30: flags = (int)next(8); SAY("access %s %d", path(one), flags); RESULT(access(one, flags)); break;
    case 31: flags = (int)next(8); SAY("faccessat2 %s %d", path(one), flags); RESULT(syscall(439, slot(), one, flags, next(2) ? AT_EACCESS : AT_SYMLINK_NOFOLLOW)); break;
    case 32: SAY("readlink %s", path(one)); errno = 0; { ssize_t length = readlinkat(slot(), one, note, 4100); if (length < 0) SAY(" = %s", strerrorname_np(errno)); else { note[length] = 0; SAY(" = %.60s", note); } } break;
    case 33: flags = next(2) ? AT_SYMLINK_NOFOLLOW : 0; fd = slot(), path(one); if (next(8) == 0) one[0] = 0, flags |= AT_EMPTY_PATH; SAY("stat %s %d", one, flags); errno = 0; if (fd == AT_FDCWD || 1) { if (fstatat(fd, one, &status, flags) < 0) SAY(" = %s", strerrorname_np(errno)); else SAY(" = %s", describe(note, &status)); } break;
    case 34: SAY("chdir %s", path(one)); RESULT(chdir(one)); break;
    case 35: SAY("fchdir"); RESULT(fchdir(slots[next(SLOTS)])); break;
    case 36: SAY("getcwd"); errno = 0; SAY(" = %.80s", syscall(SYS_getcwd, note, 4096) < 0 ? strerrorname_np(errno) : note); break;
    case 37: { mode_t asked = (mode_t[]){ 0, 022, 077, 027 }[next(4)]; SAY("umask %o = %o", asked, umask(asked)); break; }
    case 38: { uid_t id = users[next(5)]; int which = (int)next(4); was_somebody_else = 1; SAY("identity %d %d", which, id); gid_t groups[2] = { id, 1001 };
               if (which == 0) { seteuid(0); RESULT(setgroups(2, groups)); } else if (which == 1) { seteuid(0); RESULT(setegid(id)); } else { seteuid(0); RESULT(seteuid(id)); } break; }
    case 39: { counts = 1; const char *name = (const char *[]){ "user.x", "user.y", "user.", "nothing", "trusted.x" }[next(5)]; int which = (int)next(4); SAY("xattr %d %s %s", which, path(one), name);
               if (which == 0) RESULT(setxattr(one, name, "value", next(6), (int)next(3))); else if (which == 1) RESULT(lgetxattr(one, name, note, next(2) * 100)); else if (which == 2) RESULT(removexattr(one, name)); else RESULT(listxattr(one, note, 0) < 0 ? -1 : 0); break; }
    case 40: { counts = 1; fd = number(); int which = (int)next(4); SAY("descriptor %d", which);
               if (fstat(fd, &status) != 0) { SAY(" = %s", strerrorname_np(errno)); break; }
               SAY(" %s", describe(note, &status));
               if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) break;
               if (which == 0) RESULT(write(fd, "some text", next(10))); else if (which == 1) RESULT(pread(fd, note, 10, 0)); else if (which == 2) RESULT(ftruncate(fd, next(50))); else if (!was_somebody_else) RESULT(linkat(fd, "", AT_FDCWD, path(one), AT_EMPTY_PATH)); break; }
    default: fd = (int)next(SLOTS); SAY("close"); RESULT(close(slots[fd])); slots[fd] = -1, places[fd] = 0; break;
    }
}

static void work(int in, int out) {
    struct turn turn;
    for (int i = 0; i < SLOTS; i++)
        slots[i] = -1;
    while (read(in, &turn, sizeof turn) == sizeof turn) {
        state = turn.random;
        memset(turn.text, 0, TEXT);
        operate(turn.text);
        if (write(out, &turn, sizeof turn) != sizeof turn)
            break;
    }
    _exit(0);
}

static uint64_t digest;
static int loud;

static void tell(const char *text) {
    for (const char *c = text; *c; c++)
        digest = (digest ^ (unsigned char)*c) * 0x100000001B3u;
    if (loud)
        fputs(text, stdout);
}

static int sorted(const struct dirent **one, const struct dirent **other) { return strcmp((*one)->d_name, (*other)->d_name); }

static ino_t seen[512];
static int seen_count;

// Says all that there is, and takes it away.
static void end(const char *directory, int at) {
    struct dirent **entries;
    int fd = openat(at, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), count = fd < 0 ? -1 : scandirat(fd, ".", &entries, NULL, sorted);
    char text[TEXT + 4200], note[4200], names[1024];
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct stat status;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        int which = 0;
        while (which < seen_count && seen[which] != status.st_ino)
            which++;
        if (which == seen_count && seen_count < 512)
            seen[seen_count++] = status.st_ino;
        snprintf(text, sizeof text, "%s/%s #%d %s", directory, name, which, describe(note, &status));
        ssize_t length = S_ISLNK(status.st_mode) ? readlinkat(fd, name, note, 4100) : 0;
        if (length > 0)
            note[length] = 0, strcat(text, " -> "), strncat(text, note, 100);
        int file = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) ? openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) : -1;
        if (file >= 0) {
            if ((length = flistxattr(file, names, sizeof names)) > 0)
                snprintf(text + strlen(text), 64, " attributes %ld", (long)length);
            if (S_ISREG(status.st_mode) && (length = read(file, note, 100)) > 0)
                note[length] = 0, snprintf(text + strlen(text), 128, " '%s'", note);
            close(file);
        }
        strcat(text, "\n");
        tell(text);
        if (S_ISDIR(status.st_mode)) {
            end(name, fd);
            if (unlinkat(fd, name, AT_REMOVEDIR) != 0)
                tell("stays\n");
        } else if (unlinkat(fd, name, 0) != 0) {
            tell("stays\n");
        }
        free(entries[i]);
    }
    close(fd);
}

static void run(uint64_t seed) {
    int to[WORKERS][2], from[WORKERS][2];
    pid_t workers[WORKERS];
    struct turn turn;
    char text[TEXT + 64];
    digest = 0xCBF29CE484222325u, seen_count = 0;
    snprintf(home, sizeof home, "/operations.d/%llu/x/y", (unsigned long long)seed);
    mkdir("/operations.d", 0755), chown("/operations.d", 0, 0), chmod("/operations.d", 0755); // programs get at it by `..`
    snprintf(text, sizeof text, "/operations.d/%llu", (unsigned long long)seed);
    mkdir(text, 0777), chmod(text, 0777), chdir(text), mkdir("x", 0755), mkdir("x/y", 0777), chmod("x/y", 0777), chdir("x/y");
    int fd = open("c", O_CREAT | O_WRONLY, 0644);
    write(fd, "words", 5), close(fd), mkdir("a", 0777), mkdir("b", 0755), mkdir("a/b", 01775), mkdir("b/a", 02775), link("c", "a/c"), link("c", "b/c"), symlink("a", "l"), symlink("b/c", "m");
    symlink("../b", "a/l"), symlink("../d", "b/m"), mkfifo("e", 0666), chown("b/a", 1000, 1001), chown("a/b", 1001, 1000), chown("c", 1000, 1000);
    for (int i = 0; i < WORKERS; i++) {
        pipe2(to[i], O_CLOEXEC), pipe2(from[i], O_CLOEXEC);
        if ((workers[i] = fork()) == 0) {
            for (int j = 0; j <= i; j++)
                close(to[j][1]), close(from[j][0]);
            umask(022);
            work(to[i][0], from[i][1]);
        }
        close(to[i][0]), close(from[i][1]);
    }
    state = seed * 0xD1342543DE82EF95u + 1;
    uint64_t own = state;
    for (int i = 0; i < OPERATIONS; i++) {
        state = own;
        int who = (int)next(WORKERS);
        turn.random = ((uint64_t)next(0xFFFFFFFF) << 32) | next(0xFFFFFFFF);
        own = state;
        if (write(to[who][1], &turn, sizeof turn) != sizeof turn || read(from[who][0], &turn, sizeof turn) != sizeof turn) {
            tell("a process has ended\n");
            break;
        }
        snprintf(text, sizeof text, "%d.%d %s\n", i, who, turn.text);
        tell(text);
    }
    for (int i = 0; i < WORKERS; i++)
        close(to[i][1]), close(from[i][0]), waitpid(workers[i], NULL, 0);
    chdir("/operations.d");
    snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
    end(text, AT_FDCWD);
    rmdir(text);
}

int main(int argc, char **argv) {
    umask(0);
    uint64_t first = strtoull(argv[1], NULL, 10), count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    loud = argc <= 2;
    for (uint64_t seed = first; seed < first + count; seed++) {
        run(seed);
        if (!loud)
            printf("%llu %016llx\n", (unsigned long long)seed, (unsigned long long)digest), fflush(stdout);
    }
    return 0;
}
