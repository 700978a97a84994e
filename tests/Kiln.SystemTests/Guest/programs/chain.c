// Executes itself again and again, from its threads, while others of them call and execute too.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;
static char next[16], *program;

static void *call(void *unused)
{
    for (;;)
        syscall(SYS_getppid);
}

static void *sleep_on(void *unused)
{
    for (;;)
        pause();
}

static void *execute(void *unused)
{
    execve(program, (char *[]){program, next, 0}, environ);
    perror("execve");
    _exit(1);
}

int main(int count, char **words)
{
    int left = atoi(words[1]);
    program = words[0];
    if (getpid() != syscall(SYS_gettid))
        return 2;
    if (!left)
        return puts("done"), 0;
    sprintf(next, "%d", left - 1);
    pthread_t thread;
    pthread_create(&thread, 0, call, 0);
    pthread_create(&thread, 0, sleep_on, 0);
    if (left % 3 == 0)
        pthread_create(&thread, 0, execute, 0);
    if (left % 2)
        pthread_create(&thread, 0, execute, 0);
    else
        execute(0);
    if (left % 5 == 0)
        pthread_exit(0);
    sleep_on(0);
}
