// Two thousand processes at once, a hundred thousand changes of the working directory, thousands of opens that wait, and no end of descriptors: the others are to be answered all the same.
// only in: supervised
#include "attack.h"
#include <sys/resource.h>
#include <sys/un.h>
#include <time.h>

static void still_answered(const char *when) {
    struct stat status;
    if (stat("/srv/keep", &status) != 0 || open("/nothing", O_RDONLY) >= 0 || errno != ENOENT)
        REACHED("nothing after %s: %s", when, strerror(errno));
}

int main(void) {
    int waits[2], count = 0;
    char name[64];
    pipe(waits);
    for (int i = 0; i < 2000; i++) {
        pid_t child = fork();
        if (child < 0)
            break;
        if (child == 0) {
            char byte;
            close(waits[1]);
            still_answered("many forks");
            read(waits[0], &byte, 1);
            still_answered("waking together");
            _exit(0);
        }
        count++;
    }
    close(waits[1]);
    close(waits[0]);
    while (wait(NULL) > 0) { }

    mkdir("/tmp/many", 0755);
    chdir("/tmp/many");
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "/tmp/many/%d", i % 5000);
        if (mkdir(name, 0755) == 0)
            chdir(name);
        else
            chdir(name), rmdir(name);
        umask(i & 0777);
    }
    still_answered("many directories");

    mkfifo("/tmp/fifo", 0600);
    for (int i = 0; i < 300; i++)
        if (fork() == 0) {
            open("/tmp/fifo", O_RDONLY);
            _exit(0);
        }
    still_answered("waiting opens");
    struct timespec moment = { 0, 200000000 };
    nanosleep(&moment, NULL);
    still_answered("waiting opens");
    kill(0, SIGCONT);
    signal(SIGTERM, SIG_IGN);
    kill(-getpgrp(), SIGTERM);
    while (wait(NULL) > 0) { }

    struct rlimit files = { 65536, 65536 };
    setrlimit(RLIMIT_NOFILE, &files);
    for (int c = 0; c < 4; c++)
        if (fork() == 0) {
            for (int i = 0; i < 8000; i++)
                if (open("/srv/keep", O_RDONLY) < 0)
                    break;
            still_answered("many files");
            _exit(0);
        }
    while (wait(NULL) > 0) { }

    // Connections that nobody accepts.
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/full" };
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, sizeof address);
    listen(listener, 0);
    for (int i = 0; i < 100; i++)
        if (fork() == 0) {
            connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
            _exit(0);
        }
    nanosleep(&moment, NULL);
    still_answered("waiting connections");
    kill(-getpgrp(), SIGTERM);
    close(listener);
    kill(-1, SIGKILL);
    while (wait(NULL) > 0) { }
    return over();
}
