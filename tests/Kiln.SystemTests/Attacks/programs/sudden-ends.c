// Processes and threads that end in the middle of every kind of call, vfork in numbers, and one that outlives its step.
// only in: supervised
#include "attack.h"
#include <pthread.h>
#include <sys/un.h>

static void calls(int seed) {
    char *arguments[] = { "true", NULL };
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/sudden" };
    for (;; seed++) {
        int fd = open("/tmp/sudden-file", O_CREAT | O_RDWR, 0600), socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
        struct stat status;
        mkdir("/tmp/sudden-directory", 0755), chdir("/tmp/sudden-directory"), stat(".", &status), rename("/tmp/sudden-file", "/tmp/sudden-other");
        rmdir("/tmp/sudden-directory"), chdir("/"), umask(seed & 077), chmod("/tmp/sudden-other", seed & 0777);
        bind(socket_, (struct sockaddr *)&address, sizeof address), listen(socket_, 1), unlink("/tmp/sudden");
        if (seed % 3 == 0) {
            pid_t child = vfork();
            if (child == 0) {
                execv("/bin/true", arguments);
                _exit(1);
            }
            waitpid(child, NULL, 0);
        }
        close(fd), close(socket_);
    }
}

static void *thread(void *unused) {
    for (int i = 0; i < 50; i++)
        access("/srv/keep", R_OK);
    (void)unused;
    return NULL;
}

static void *execute(void *unused) {
    char *arguments[] = { "true", NULL };
    execv("/bin/true", arguments);
    return unused;
}

int main(void) {
    for (int i = 0; i < 150; i++) {
        pid_t child = fork();
        if (child == 0)
            calls(i);
        usleep((unsigned)(i * 137 % 9000));
        kill(child, i % 5 ? SIGKILL : SIGTERM);
        waitpid(child, NULL, 0);
    }
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) {
            pthread_t others[4];
            for (int t = 0; t < 4; t++)
                pthread_create(&others[t], NULL, thread, NULL);
            if (i % 2)
                pthread_create(&others[0], NULL, execute, NULL), usleep(50000); // another thread than the first becomes the program
            execute(NULL);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (status != 0)
            REACHED("a program of threads ended with %x", status);
    }
    for (int i = 0; i < 300; i++) {
        pid_t child = vfork();
        if (child == 0) {
            char *arguments[] = { "true", NULL };
            execv(i % 2 ? "/bin/true" : "/nothing", arguments);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    struct stat status;
    if (stat("/srv/keep", &status) != 0)
        REACHED("nothing any more");
    if (fork() == 0) {
        setsid();
        for (int fd = 0; fd < 3; fd++)
            close(fd);
        calls(1);
    }
    return over();
}
