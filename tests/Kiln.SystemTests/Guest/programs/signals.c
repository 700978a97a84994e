// Children that execute themselves under a timer's signals are stopped and continued all the while. Those count that do not come to their end.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void handle(int signal)
{
}

static int go_on(char **words, int left)
{
    if (!left)
        return 7;
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = handle, .sa_flags = left & 1 ? SA_RESTART : 0}, 0);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 150}, {0, 150}}, 0);
    char next[16];
    sprintf(next, "%d", left - 1);
    char *again[] = {words[0], "again", next, 0};
    execve("/nonexistent", again, environ);
    if (left & 1)
        setitimer(ITIMER_REAL, &(struct itimerval){0}, 0);
    else {
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGALRM);
        sigprocmask(SIG_BLOCK, &blocked, 0);
    }
    execve(words[0], again, environ);
    return 9;
}

int main(int count, char **words)
{
    if (count > 2)
        return go_on(words, atoi(words[2]));
    int bad = 0, status;
    srand(2);
    for (int i = 0; i < atoi(words[1]); i++) {
        pid_t child = fork();
        if (!child) {
            execve(words[0], (char *[]){words[0], "again", "40", 0}, environ);
            _exit(9);
        }
        do {
            nanosleep(&(struct timespec){0, rand() % 300000}, 0);
            kill(child, SIGSTOP);
            if (waitpid(child, &status, WUNTRACED) != child)
                return 1;
            kill(child, SIGCONT);
        } while (WIFSTOPPED(status));
        bad += !WIFEXITED(status) || WEXITSTATUS(status) != 7;
    }
    printf("bad %d\n", bad);
    return 0;
}
