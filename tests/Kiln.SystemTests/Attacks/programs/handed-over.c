// Handles that travel: over sockets, through /proc, to programs that are executed by them, and scripts whose interpreters are such.
// only in: supervised
#include "attack.h"
#include <signal.h>

static int receive(int from) {
    char byte, space[CMSG_SPACE(sizeof(int))];
    struct iovec vector = { &byte, 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space };
    return recvmsg(from, &message, MSG_DONTWAIT) == 1 && CMSG_FIRSTHDR(&message) ? *(int *)CMSG_DATA(CMSG_FIRSTHDR(&message)) : -1;
}

static void hand(int to, int fd) {
    char byte = 0, space[CMSG_SPACE(sizeof(int))] = { 0 };
    struct iovec vector = { &byte, 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space };
    *CMSG_FIRSTHDR(&message) = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    *(int *)CMSG_DATA(CMSG_FIRSTHDR(&message)) = fd;
    sendmsg(to, &message, 0);
}

int main(void) {
    if (getenv("HANDED"))
        return 0; // started by one of the scripts below
    int pair[2];
    char path[8192];
    const char *places[] = { "/", "/proc", "/proc/self", "/proc/self/fd", "/proc/self/task", "/sys", "/dev", "/dev/pts", "/proc/self/cwd", "/proc/self/root", "/tmp", "/proc/sys/kernel" };
    const char *ends[] = { "..", "../..", "../../../../../../../../../..", "self/root", "self/cwd/..", "1/root", "../self/exe/.." };
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (int how = 0; how < 2; how++) {
            hand(pair[0], open(places[i], (how ? O_PATH : O_RDONLY) | O_DIRECTORY));
            int fd = receive(pair[1]);
            for (size_t e = 0; fd >= 0 && e < sizeof ends / sizeof *ends; e++) {
                snprintf(path, sizeof path, "%s%s/outside/file", ends[e], getenv("ATTACK_PLACE"));
                show(openat(fd, path, O_RDONLY));
                snprintf(path, sizeof path, "/proc/self/fd/%d/%s%s/outside/file", fd, ends[e], getenv("ATTACK_PLACE"));
                show_path(path);
                int up = openat(fd, ends[e], O_PATH | O_DIRECTORY);
                show(openat(up, getenv("ATTACK_PLACE") + 1, O_RDONLY));
                if (up >= 0 && faccessat(up, "attack", F_OK, 0) != 0 && faccessat(up, getenv("ATTACK_PLACE") + 1, F_OK, 0) == 0)
                    REACHED("%s of %s", ends[e], places[i]);
                if (fchdir(fd) == 0)
                    show_outside(ends[e]);
                close(up);
            }
            close(fd);
        }
    const char *lines[] = { "#!/proc/self/exe\n", "#!/proc/self/fd/0\n", "#!/proc/self/fd/50/../usr/bin/id\n", "#!/proc/1/exe\n", "#!/proc/self/root/../../../usr/bin/id\n", "#!/proc/self/cwd/../../../../usr/bin/id\n",
                            "#!../../../../../../../../usr/bin/id\n", "#!\n", "#!/tmp/script\n", "#! /dev/fd/3\n" };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int script = open("/tmp/script", O_CREAT | O_TRUNC | O_WRONLY, 0755);
        write(script, lines[i], strlen(lines[i]));
        close(script);
        char *arguments[] = { "script", NULL }, *environment[] = { "HANDED=1", NULL };
        if (fork() == 0) {
            if (i % 2)
                execve("/tmp/script", arguments, environment);
            int fd = open("/tmp/script", O_RDONLY | O_CLOEXEC);
            syscall(SYS_execveat, fd, "", arguments, environment, AT_EMPTY_PATH);
            _exit(0);
        }
        wait(NULL);
    }
    // The builder's program, by memory.
    int memory = memfd_create("copy", 0), self = open("/proc/self/exe", O_RDONLY);
    char buffer[65536];
    ssize_t count;
    while ((count = read(self, buffer, sizeof buffer)) > 0)
        write(memory, buffer, (size_t)count);
    if (fork() == 0) {
        char *arguments[] = { "copy", NULL }, *environment[] = { "HANDED=1", NULL };
        fexecve(memory, arguments, environment);
        _exit(0);
    }
    wait(NULL);
    char builder[64];
    for (int pid = getpid(); pid > 0 && pid > getpid() - 300; pid--) {
        snprintf(builder, sizeof builder, "/proc/%d/map_files", pid);
        if (kill(1, 0) != 0 && opendir(builder)) // in a pid namespace the first one is the step's own
            REACHED("%s", builder);
    }
    return over();
}
