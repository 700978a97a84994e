// Starts a program many times at once, by fork, vfork and posix_spawn in turn, and counts what does not end well.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int count, char **words)
{
    int bad = 0, status;
    for (int i = 0; i < atoi(words[1]); i++) {
        pid_t child = 0;
        if (i % 3 == 0)
            bad += posix_spawn(&child, words[2], 0, 0, words + 2, environ) != 0;
        else if ((i % 3 == 1 ? fork() : vfork()) == 0) {
            execve(words[2], words + 2, environ);
            _exit(127);
        }
    }
    while (wait(&status) > 0)
        bad += status != 0;
    printf("bad %d\n", bad);
    return 0;
}
