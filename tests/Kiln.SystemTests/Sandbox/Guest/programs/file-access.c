// Makes a file in a directory, becomes somebody in a process of its own, and does one thing to the file: for every line of the file that is named, in the directory that is named.
// A line: directory uid gid mode, file type (f, d, p) uid gid mode, user ids (4), group ids (4), permitted and effective capabilities, securebits, umask, the call and its two arguments, groups.
// Printed: result and errno; mode, uid and gid of the file and of another one that may have come of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define GROUPS 4

struct owned { unsigned uid, gid, mode; };

static void own(const char *path, struct owned owned) {
  if (chown(path, owned.uid, owned.gid) || chmod(path, owned.mode)) exit(6);
}

static void become(unsigned *u, unsigned *g, unsigned long long permitted, unsigned long long effective, unsigned bits, gid_t *groups, int count) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{effective, permitted, 0}, {effective >> 32, permitted >> 32, 0}};
  if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)) exit(7);
  if (setgroups(count, groups) || setresgid(g[0], g[1], g[2])) exit(8);
  setfsgid(g[3]);
  if (setresuid(u[0], u[1], u[2])) exit(9);
  setfsuid(u[3]);
  if (prctl(PR_SET_SECUREBITS, bits) || syscall(SYS_capset, &header, data)) exit(10);
}

static int opened(int file) {
  if (file >= 0) close(file);
  return file >= 0 ? 0 : -1;
}

static const char *attributes[] = {"user.x", "trusted.x", "security.capability", "security.x"};
static const unsigned capability[] = {0x02000000, 1, 0, 0, 0};

static int act(const char *call, unsigned a, unsigned b, int file) {
  struct timespec times[2] = {{5, 0}, {5, 0}};
  if (!strcmp(call, "access")) return access("d/f", a);
  if (!strcmp(call, "eaccess")) return syscall(439, AT_FDCWD, "d/f", a, AT_EACCESS); // faccessat2
  if (!strcmp(call, "open")) return opened(open("d/f", a));
  if (!strcmp(call, "write")) return write(file, "x", 1) == 1 ? 0 : -1;
  if (!strcmp(call, "truncate")) return truncate("d/f", 0);
  if (!strcmp(call, "chmod")) return chmod("d/f", a);
  if (!strcmp(call, "chown")) return chown("d/f", a, b);
  if (!strcmp(call, "remove")) return remove("d/f");
  if (!strcmp(call, "rename")) return rename("d/f", "d/g");
  if (!strcmp(call, "link")) return link("d/f", "d/g");
  if (!strcmp(call, "create")) return opened(open("d/g", O_CREAT | O_WRONLY, a));
  if (!strcmp(call, "mkdir")) return mkdir("d/g", a);
  if (!strcmp(call, "mknod")) return mknod("d/g", a, makedev(1, 3));
  if (!strcmp(call, "touch")) return utimensat(AT_FDCWD, "d/f", NULL, 0);
  if (!strcmp(call, "utime")) return utimensat(AT_FDCWD, "d/f", times, 0);
  if (!strcmp(call, "get-attribute")) return getxattr("d/f", attributes[a], NULL, 0) < 0 ? -1 : 0;
  if (!strcmp(call, "set-attribute")) return setxattr("d/f", attributes[a], a == 2 ? (void *)capability : "y", a == 2 ? sizeof capability : 1, 0);
  if (!strcmp(call, "remove-attribute")) return removexattr("d/f", attributes[a]);
  if (!strcmp(call, "chroot")) return chroot("d");
  if (!strcmp(call, "chdir")) return chdir("d");
  exit(11);
}

static void show(const char *path) {
  struct stat status;
  if (lstat(path, &status)) printf("|-");
  else printf("|%o %u %u", status.st_mode, status.st_uid, status.st_gid);
}

int main(int argc, char **argv) {
  FILE *lines = fopen(argv[1], "re");
  if (argc != 3 || !lines || chdir(argv[2])) return 2;
  char call[32], type;
  struct owned d, f;
  unsigned u[4], g[4], bits, mask, a, b;
  gid_t groups[GROUPS];
  unsigned long long permitted, effective;
  int count;
  while (fscanf(lines, "%u %u %o %c %u %u %o %u %u %u %u %u %u %u %u %llx %llx %x %o %31s %u %u %d", &d.uid, &d.gid, &d.mode, &type, &f.uid, &f.gid, &f.mode,
      u, u + 1, u + 2, u + 3, g, g + 1, g + 2, g + 3, &permitted, &effective, &bits, &mask, call, &a, &b, &count) == 23) {
    for (int i = 0; i < count; i++)
      if (fscanf(lines, "%u", groups + i) != 1) return 3;
    if (mkdir("d", 0700) || (type == 'd' ? mkdir("d/f", 0700) : type == 'p' ? mkfifo("d/f", 0600) : opened(open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0600)))) return 4;
    own("d/f", f);
    if (type != 'p' && strstr(call, "attribute") && a == 0 && setxattr("d/f", attributes[a], "z", 1, 0)) return 12;
    if (type != 'p' && strstr(call, "attribute") && a == 2 && setxattr("d/f", attributes[a], capability, sizeof capability, 0)) return 13;
    int file = type != 'f' ? -1 : open("d/f", O_RDWR);
    own("d", d);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      become(u, g, permitted, effective, bits, groups, count);
      umask(mask);
      errno = 0;
      int result = act(call, a, b, file);
      printf("%d %d", result, result ? errno : 0);
      fflush(stdout);
      _exit(0);
    }
    int ended;
    waitpid(child, &ended, 0);
    if (ended) return ended >> 8;
    show("d/f");
    show("d/g");
    puts("");
    close(file);
    remove("d/f");
    remove("d/g");
    if (remove("d")) return 5;
  }
  return 0;
}
