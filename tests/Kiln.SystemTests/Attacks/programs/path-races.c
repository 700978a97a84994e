// Changes what paths and addresses say, from a second thread, between the moment that they are judged and the moment that they are used.
// only in: supervised
#include "attack.h"
#include <pthread.h>
#include <stddef.h>
#include <sys/un.h>

static char *shared, inside[4096], outside[4096];
static struct sockaddr_un address;
static volatile int going = 1;

static void *flip(void *end) {
    while (going) {
        strcpy(shared, inside);
        strcpy(address.sun_path, "/tmp/harmless");
        memset((char *)end, 0, 1);
        strcpy(shared, outside);
        strcpy(address.sun_path, outside + strlen(outside) - strlen("/outside/file"));
        // Behind the path's end, where an empty path is expected while a handed-over file is executed.
        strcpy((char *)end, "/usr/bin/printf");
    }
    return NULL;
}

static void run(int how) {
    char *arguments[] = { "printf", "REACHED: a program of the machine runs\\n", NULL }, *environment[] = { NULL };
    if (how == 0)
        execve(shared, arguments, environment);
    else if (how == 1)
        syscall(SYS_execveat, AT_FDCWD, shared, arguments, environment, 0);
    else
        syscall(SYS_execveat, open(inside, O_RDONLY), shared + strlen(inside), arguments, environment, AT_EMPTY_PATH);
}

int main(int argc, char **argv) {
    (void)argc;
    if (strcmp(argv[0], "printf") == 0)
        return 0; // what was meant to be executed
    shared = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    snprintf(inside, sizeof inside, "/attack/path-races");
    snprintf(outside, sizeof outside, "%s/outside/file", getenv("ATTACK_PLACE"));
    address.sun_family = AF_UNIX;
    strcpy(shared, inside);
    for (int i = 0; i < 120; i++) {
        pid_t child = fork();
        if (child == 0) {
            pthread_t second;
            pthread_create(&second, NULL, flip, shared + strlen(inside));
            usleep((unsigned)(i % 7) * 100);
            run(i % 3);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    // What is shown now must not be this program's own text.
    strcpy(inside, "/tmp/inside");
    strcpy(shared, inside); // the second thread may come late
    close(open(inside, O_CREAT | O_WRONLY, 0644));
    pthread_t second;
    pthread_create(&second, NULL, flip, shared + 8192);
    for (int i = 0; i < 3000; i++) {
        struct stat status;
        show(open(shared, O_RDONLY));
        show(openat(AT_FDCWD, shared, O_RDWR | O_CREAT, 0600));
        chmod(shared, 0777);
        chown(shared, 1, 1);
        truncate(shared, 0);
        if (stat(outside, &status) == 0)
            REACHED("outside exists");
        rename(shared, "/tmp/moved");
        link(shared, "/tmp/linked");
        symlink(shared, "/tmp/symbolic");
        unlink(shared);
        int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
        bind(socket_, (struct sockaddr *)&address, sizeof address);
        listen(socket_, 1);
        connect(socket_, (struct sockaddr *)&address, sizeof address);
        close(socket_);
        unlink("/tmp/harmless"), unlink("/tmp/moved"), unlink("/tmp/linked"), unlink("/tmp/symbolic");
    }
    going = 0;
    pthread_join(second, NULL);
    show_path("/tmp/symbolic");
    return over();
}
