// Makes the system calls that Docker's default profile refuses, each with arguments that are good enough to be told apart from bad ones.
#include "attack.h"

static void refused(const char *name, int expected, long result) {
    if (result >= 0 || errno != expected)
        REACHED("%s: %ld, %m", name, result);
}

static int nothing(void *unused) {
    return unused != NULL;
}

int main(void) {
    static char stack[65536];
    int flags[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, 0x2000000 /* CLONE_NEWCGROUP */ };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        refused("clone", EPERM, clone(nothing, stack + sizeof stack, flags[i] | SIGCHLD, NULL));
        refused("clone of all", EPERM, clone(nothing, stack + sizeof stack, flags[i] | CLONE_NEWUSER | SIGCHLD, NULL));
        refused("unshare", EPERM, unshare(flags[i]));
    }
    refused("clone3", ENOSYS, syscall(435, NULL, 0));
    refused("setns", EPERM, setns(open("/proc/self/ns/net", O_RDONLY), 0));
    refused("mount", EPERM, mount("/", "/tmp", NULL, MS_BIND, NULL));
    refused("umount2", EPERM, umount2("/proc", MNT_DETACH));
    refused("fsopen", EPERM, syscall(430, "tmpfs", 0));
    refused("open_tree", EPERM, syscall(428, AT_FDCWD, "/", 0));
    refused("mount_setattr", EPERM, syscall(442, AT_FDCWD, "/", 0, NULL, 0));
    refused("add_key", EPERM, syscall(SYS_add_key, "user", "name", "text", 4, -2 /* KEY_SPEC_PROCESS_KEYRING */));
    refused("keyctl", EPERM, syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3, 0));
    refused("request_key", EPERM, syscall(SYS_request_key, "user", "name", NULL, 0));
    refused("bpf", EPERM, syscall(SYS_bpf, 0, NULL, 0));
    refused("userfaultfd", EPERM, syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */));
    refused("perf_event_open", EPERM, syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
    refused("io_uring_setup", ENOSYS, syscall(425, 1, NULL));
    refused("io_uring_enter", ENOSYS, syscall(426, 0, 0, 0, 0, NULL, 0));
    refused("io_uring_register", ENOSYS, syscall(427, 0, 0, NULL, 0));
    refused("open_by_handle_at", EPERM, syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0));
    refused("pidfd_getfd", EPERM, syscall(438, 0, 0, 0));
    refused("fanotify_init", EPERM, syscall(SYS_fanotify_init, 0x200 /* FAN_REPORT_FID */, 0));
    refused("kexec_load", EPERM, syscall(SYS_kexec_load, 0, 0, NULL, 0));
    refused("init_module", EPERM, syscall(SYS_init_module, "", 0, ""));
    refused("settimeofday", EPERM, syscall(SYS_settimeofday, NULL, NULL));
    refused("quotactl", EPERM, syscall(SYS_quotactl, 0, NULL, 0, NULL));
    if (fork() == 0)
        _exit(0);
    int status = -1;
    wait(&status);
    if (status != 0)
        REACHED("no fork");
    return over();
}
