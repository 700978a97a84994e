// Kills children at any point of executing themselves for ever, and counts those that end otherwise.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int count, char **words)
{
    if (count > 2) {
        execve(words[0], words, environ);
        _exit(9);
    }
    int bad = 0, status;
    srand(1);
    for (int i = 0; i < atoi(words[1]); i++) {
        pid_t child = fork();
        if (!child) {
            execve(words[0], (char *[]){words[0], "again", "again", 0}, environ);
            _exit(9);
        }
        nanosleep(&(struct timespec){0, rand() % 4000000}, 0);
        kill(child, SIGKILL);
        if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            bad++;
    }
    printf("bad %d\n", bad);
    return 0;
}
