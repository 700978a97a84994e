// Carries out sequences of calls about credentials, each in a process of its own, and prints what came of every call and who the process is then.
//   credentials fresh|as-is CALLS                   CALLS is a file: a call a line, `sequence` before each sequence
//   credentials as-is CALLS FILTER SOCKET           first puts on a filter, whose listener it sends
// `fresh` starts each with the capabilities of a container; `as-is` with what it has.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 16
#define CALLS 9 // the descriptor of the calls, which survives execve

static char output[1 << 16];

static void flush(void) {
  fflush(stdout);
}

static unsigned long long set_of(int lowest, int read, int operation) {
  unsigned long long set = 0;
  for (int i = 0; i <= lowest; i++)
    if ((read == PR_CAPBSET_READ ? prctl(read, i, 0, 0, 0) : prctl(read, operation, i, 0, 0)) == 1) set |= 1ull << i;
  return set;
}

static void show(long result, int error) {
  uid_t r, e, s;
  gid_t rg, eg, sg, groups[MOST];
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {0};
  getresuid(&r, &e, &s);
  getresgid(&rg, &eg, &sg);
  int count = getgroups(MOST, groups);
  syscall(SYS_capget, &header, data);
  printf("%ld %d|%u %u %u %u|%u %u %u %u|", result, result == -1 ? error : 0, r, e, s, (unsigned)setfsuid(-1), rg, eg, sg, (unsigned)setfsgid(-1));
  for (int i = 0; i < count; i++) printf(i ? " %u" : "%u", groups[i]);
  printf("|%llx %llx %llx", data[0].permitted | (unsigned long long)data[1].permitted << 32, data[0].effective | (unsigned long long)data[1].effective << 32,
    data[0].inheritable | (unsigned long long)data[1].inheritable << 32);
  printf(" %llx %llx|%x %d %d %d", set_of(40, PR_CAPBSET_READ, 0), set_of(40, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET), prctl(PR_GET_SECUREBITS), prctl(PR_GET_KEEPCAPS),
    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_DUMPABLE));
  printf(getuid() == r && geteuid() == e && getgid() == rg && getegid() == eg ? "\n" : " INCONSISTENT\n");
}

// What /proc has of it, on one line.
static void show_status(void) {
  static char text[8192];
  int file = open("/proc/self/status", O_RDONLY);
  ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
  close(file);
  for (ssize_t i = 0; i < length; i++)
    if (text[i] == '\n') text[i] = '\\';
  printf("status %.*s\n", (int)length, text);
}

// What another process is told of it.
static void show_to_child(void) {
  flush();
  pid_t child = fork();
  if (child == 0) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, getppid()};
    struct __user_cap_data_struct data[2] = {0};
    long result = syscall(SYS_capget, &header, data);
    printf("child %ld %x %x %x %x\n", result, data[0].permitted, data[0].effective, data[0].inheritable, data[1].permitted);
    long set = (header.pid = 1, syscall(SYS_capset, &header, data));
    show(set, errno);
    flush();
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void become_contained(void) {
  const unsigned kept = 0xa80425fb;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{kept, kept, 0}, {0, 0, 0}};
  for (int i = 0; i <= 40; i++)
    if (i > 31 || !(kept >> i & 1)) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
  if (setgroups(0, NULL) || syscall(SYS_capset, &header, data)) exit(3);
}

static long call(char *name, unsigned long long *a, int count, char *text, long next, char *self) {
  if (!strcmp(name, "setuid")) return syscall(SYS_setuid, a[0]);
  if (!strcmp(name, "setreuid")) return syscall(SYS_setreuid, a[0], a[1]);
  if (!strcmp(name, "setresuid")) return syscall(SYS_setresuid, a[0], a[1], a[2]);
  if (!strcmp(name, "setfsuid")) return syscall(SYS_setfsuid, a[0]);
  if (!strcmp(name, "setgid")) return syscall(SYS_setgid, a[0]);
  if (!strcmp(name, "setregid")) return syscall(SYS_setregid, a[0], a[1]);
  if (!strcmp(name, "setresgid")) return syscall(SYS_setresgid, a[0], a[1], a[2]);
  if (!strcmp(name, "setfsgid")) return syscall(SYS_setfsgid, a[0]);
  if (!strcmp(name, "prctl")) return syscall(SYS_prctl, a[0], a[1], a[2], a[3], a[4]);
  if (!strcmp(name, "setgroups")) {
    gid_t groups[MOST];
    for (int i = 0; i < count; i++) groups[i] = a[i];
    return syscall(SYS_setgroups, count, groups);
  }
  if (!strcmp(name, "capset")) { // version, process, then the sets
    struct __user_cap_header_struct header = {a[0], a[1]};
    struct __user_cap_data_struct data[2] = {{a[3], a[2], a[4]}, {a[3] >> 32, a[2] >> 32, a[4] >> 32}};
    long result = syscall(SYS_capset, &header, data);
    int error = errno;
    if (header.version != a[0]) printf("version %x\n", header.version);
    errno = error;
    return result;
  }
  if (!strcmp(name, "capget")) { // version, process, whether there is room
    struct __user_cap_header_struct header = {a[0], a[1]};
    struct __user_cap_data_struct data[2] = {{7, 7, 7}, {7, 7, 7}};
    long result = syscall(SYS_capget, &header, a[2] ? data : NULL);
    int error = errno;
    printf("capget %x %x %x %x %x %x %x\n", header.version, data[0].effective, data[0].permitted, data[0].inheritable, data[1].effective, data[1].permitted, data[1].inheritable);
    errno = error;
    return result;
  }
  // Addresses that are none.
  if (!strcmp(name, "bad-capget")) return syscall(SYS_capget, a[0], a[1]);
  if (!strcmp(name, "bad-capset")) return syscall(SYS_capset, a[0], a[1]);
  if (!strcmp(name, "bad-getresuid")) return syscall(SYS_getresuid, a[0], a[1], a[2]);
  if (!strcmp(name, "bad-getresgid")) return syscall(SYS_getresgid, a[0], a[1], a[2]);
  if (!strcmp(name, "bad-getgroups")) return syscall(SYS_getgroups, a[0], a[1]);
  if (!strcmp(name, "bad-setgroups")) return syscall(SYS_setgroups, a[0], a[1]);
  if (!strcmp(name, "child")) return show_to_child(), 0;
  if (!strcmp(name, "exec")) {
    char place[32];
    snprintf(place, sizeof place, "%ld", next);
    flush();
    execl(text, self, "on", place, NULL);
    return -1;
  }
  exit(4);
}

static void run(const char *calls, long size, long at, char *self) {
  while (at < size && strncmp(calls + at, "sequence", 8)) {
    char line[512], name[32], text[256] = "";
    unsigned long long arguments[MOST] = {0};
    int count = 0, used = 0;
    long length = strchr(calls + at, '\n') - (calls + at);
    snprintf(line, sizeof line, "%.*s", (int)length, calls + at);
    at += length + 1;
    if (sscanf(line, "%31s%n", name, &used) != 1) exit(5);
    if (!strcmp(name, "exec")) sscanf(line + used, "%255s", text);
    else
      for (char *from = line + used, *to; count < MOST; from = to, count++) {
        arguments[count] = strtoull(from, &to, 0);
        if (to == from) break;
      }
    errno = 0;
    long result = call(name, arguments, count, text, at, self);
    show(result, errno);
  }
  show_status();
  flush();
  _exit(0);
}

static int put_on_filter(const char *program, const char *socket_path) {
  static struct sock_filter instructions[4096];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, socket_path, sizeof address.sun_path - 1);
  int file = open(program, O_RDONLY), to = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sock_fprog filter = {read(file, instructions, sizeof instructions) / sizeof *instructions, instructions};
  if (connect(to, (struct sockaddr *)&address, sizeof address) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return 0;
  int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  if (listener < 0) return 0;
  union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control = {{CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
  struct iovec payload = {"", 1};
  struct msghdr message = {.msg_iov = &payload, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (sendmsg(to, &message, 0) != 1) return 0;
  close(to), close(file), close(listener);
  return 1;
}

int main(int argc, char **argv) {
  setvbuf(stdout, output, _IOFBF, sizeof output);
  int goes_on = argc == 3 && !strcmp(argv[1], "on");
  if (!goes_on && dup2(open(argv[2], O_RDONLY), CALLS) < 0) return 2;
  if (argc == 5 && !put_on_filter(argv[3], argv[4])) return 3;
  struct stat status;
  if (fstat(CALLS, &status)) return 2;
  char *calls = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, CALLS, 0);
  if (calls == MAP_FAILED) return 2;
  if (goes_on) {
    printf("secure %lu\n", getauxval(AT_SECURE));
    show(0, 0);
    run(calls, status.st_size, atol(argv[2]), argv[0]);
  }
  for (char *sequence = calls; sequence && sequence < calls + status.st_size; sequence = strstr(sequence, "sequence")) {
    sequence += strlen("sequence\n");
    puts("sequence");
    flush();
    pid_t child = fork();
    if (child == 0) {
      if (!strcmp(argv[1], "fresh")) become_contained();
      show(0, 0);
      run(calls, status.st_size, sequence - calls, argv[0]);
    }
    int ended;
    waitpid(child, &ended, 0);
    if (ended) printf("ended with %x\n", ended);
  }
  return 0;
}
