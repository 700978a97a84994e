// Changes its ids in all ways there are, and prints what became of it.
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, int result) {
  uid_t r, e, s;
  gid_t rg, eg, sg, groups[16];
  int error = errno, count = getgroups(16, groups);
  getresuid(&r, &e, &s);
  getresgid(&rg, &eg, &sg);
  printf("%s %s: %d %d %d, %d %d %d,", what, result < 0 ? strerrorname_np(error) : "done", r, e, s, rg, eg, sg);
  for (int i = 0; i < count; i++) printf(" %d", groups[i]);
  printf("%s\n", (int)getuid() == (int)r && (int)geteuid() == (int)e && (int)getgid() == (int)rg && (int)getegid() == (int)eg ? "" : " INCONSISTENT");
  fflush(stdout);
}

static void allow_ids(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0xC0, 0xC0, 0}, {0, 0, 0}}; // CAP_SETGID, CAP_SETUID
  syscall(SYS_capset, &header, data);
}

static void in_child(void (*work)(void)) {
  if (fork() == 0) {
    work();
    _exit(0);
  }
  wait(NULL);
}

static void two(void) {
  show("setreuid(-1, 1000)", setreuid(-1, 1000));
  show("setuid(5)", setuid(5));
  show("setreuid(1000, 0)", setreuid(1000, 0));
  show("setreuid(7, 7)", setreuid(7, 7));
  show("setuid(0)", setuid(0));
  show("setgroups", setgroups(0, NULL));
  show("setregid(1, -1)", setregid(1, -1));
}

static void three(void) {
  show("setresuid(10, 11, 12)", setresuid(10, 11, 12));
  show("setuid(12)", setuid(12));
  show("setresuid(-1, 11, 10)", setresuid(-1, 11, 10));
  show("setresuid(-1, 12, 10)", setresuid(-1, 12, 10));
  show("setgid(3)", setgid(3));
  show("setgid(4)", setgid(4));
}

static void keep(void) {
  struct rlimit limit = {5, 5};
  prctl(PR_SET_KEEPCAPS, 1);
  show("kept, setresuid(33, 33, 33)", setresuid(33, 33, 33));
  allow_ids();
  show("setresgid(34, 34, 34)", setresgid(34, 34, 34));
  show("setuid(0)", setuid(0));
  show("setuid(44)", setuid(44));
  setrlimit(RLIMIT_LOCKS, &limit);
  show("setuid(0)", setuid(0));
}

int main(void) {
  gid_t groups[] = {9, 7};
  show("start", 0);
  show("setgroups", setgroups(2, groups));
  show("setresgid(1, 2, 3)", setresgid(1, 2, 3));
  show("setuid(-1)", setuid(-1));
  in_child(two);
  in_child(three);
  in_child(keep);
  int first = setfsuid(77), second = setfsuid(-1), third = setfsgid(78), fourth = setfsgid(-1);
  printf("setfsuid %d %d, setfsgid %d %d\n", first, second, third, fourth);
  show("end", 0);
}
