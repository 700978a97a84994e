// Directories of processes that have ended, and ordinary files that get what numbers are free then.
#include "attack.h"

#define EXPECT(what) do { if (!(what)) REACHED("line %d, round %d, errno %d", __LINE__, round, errno); } while (0)

static void list(const char *path) {
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    while (readdir(directory) != NULL)
        ;
    closedir(directory);
}

int main(void) {
    mkdir("/tmp/ended", 0755), chdir("/tmp/ended");
    for (int round = 0; round < 40; round++) {
        int end[2], handles[3];
        char path[64], byte = 0;
        struct stat status;
        if (pipe(end))
            return 1;
        pid_t child = fork();
        if (child == 0) {
            close(end[1]);
            _exit((int)read(end[0], &byte, 1));
        }
        close(end[0]);
        const char *names[] = { "", "/fd", "/task" };
        for (int i = 0; i < 3; i++) {
            snprintf(path, sizeof path, "/proc/%d%s", child, names[i]);
            list(path);
            handles[i] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            EXPECT(handles[i] >= 0);
        }
        EXPECT(syscall(SYS_pidfd_send_signal, handles[0], 0, NULL, 0) == 0); // as killall(1) does
        close(end[1]), waitpid(child, NULL, 0);
        EXPECT(syscall(SYS_pidfd_send_signal, handles[0], 0, NULL, 0) < 0 && errno == ESRCH);
        list("/proc");
        EXPECT(fstat(handles[0], &status) == 0 && S_ISDIR(status.st_mode));
        EXPECT(openat(handles[0], "status", O_RDONLY) < 0);
        fchdir(handles[0]), chdir("/tmp/ended"), faccessat(handles[1], "0", R_OK, 0), readlinkat(handles[1], "0", path, sizeof path), fstat(handles[2], &status);
        if (round % 2)
            for (int i = 0; i < 3; i++)
                close(handles[i]);
        for (int i = 0; i < 60; i++) {
            snprintf(path, sizeof path, "%d-%d", round, i);
            int made = i % 2 ? open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0640) : mkdir(path, 0750) == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
            EXPECT(made >= 0 && fstat(made, &status) == 0);
            EXPECT(i % 2 ? S_ISREG(status.st_mode) && (status.st_mode & 0777) == 0640 : S_ISDIR(status.st_mode) && (status.st_mode & 0777) == 0750);
            if (i % 2 == 0)
                EXPECT(fchdir(made) == 0 && access("../0-0", F_OK) == 0 && chdir("..") == 0);
            close(made);
        }
    }
    chdir("/");
    if (system("rm -r /tmp/ended") != 0)
        REACHED("files that cannot be removed");
    return over();
}
