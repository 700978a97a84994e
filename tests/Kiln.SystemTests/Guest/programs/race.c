// A second thread writes another path behind the end of the first's, whose end stands for the empty path, and spoils the arguments. /bin/false is never asked for.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static volatile char path[64] = "/bin/true\0bin/false";
static char *volatile words[] = {"true", "", 0};

static void *spoil(void *unused)
{
    for (;;) {
        path[9] = '/';
        for (volatile int i = 0; i < 3000; i++)
            ;
        path[9] = 0;
        for (volatile int i = 0; i < 3000; i++)
            ;
        words[1] = (char *)8;
        words[1] = "";
    }
}

int main(int count, char **arguments)
{
    int otherwise = 0, status;
    for (int i = 0; i < atoi(arguments[1]); i++) {
        if (fork() == 0) {
            pthread_t thread;
            pthread_create(&thread, 0, spoil, 0);
            for (;;)
                execve((char *)path, (char **)words, environ);
        }
        wait(&status);
        otherwise += WIFEXITED(status) && WEXITSTATUS(status) != 0;
    }
    printf("otherwise %d\n", otherwise);
    return 0;
}
