// SPDX-License-Identifier: Apache-2.0
// Run in a step and outside of one, for comparison. `files DIRECTORY COUNT` makes files; `time ROUNDS PROGRAM...` prints the median wall time of a program whose output is thrown away, in ms;
// `remove DIRECTORY COUNT PROGRAM...` does the same of one that takes as many files away, which are made anew each time;
// `connect COUNT` prints what a TCP socket, connected on loopback and closed again, takes in the median, in us.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b);
}

static double median(double *values, int count) {
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static int make_files(const char *directory, int count) {
    char path[256];
    mkdir(directory, 0755);
    for (int i = 0; i < count; i++) {
        if (i % 100 == 0) {
            snprintf(path, sizeof path, "%s/%d", directory, i / 100);
            mkdir(path, 0755);
        }
        snprintf(path, sizeof path, "%s/%d/%d", directory, i / 100, i);
        int fd = open(path, O_CREAT | O_WRONLY, 0644);
        if (fd < 0 || write(fd, path, strlen(path)) < 0)
            return 1;
        close(fd);
    }
    return 0;
}

static int time_program(int rounds, char **program, const char *directory, int count) {
    static char output[65536];
    double taken[64];
    for (int i = 0; i < rounds && i < 64; i++) {
        if (directory != NULL && make_files(directory, count) != 0)
            return 1;
        double start = now();
        int status = 1, pipes[2];
        if (pipe(pipes) != 0)
            return 1;
        if (fork() == 0) {
            dup2(pipes[1], 1);
            close(pipes[0]);
            close(pipes[1]);
            execv(program[0], program);
            _exit(127);
        }
        close(pipes[1]);
        while (read(pipes[0], output, sizeof output) > 0) { }
        close(pipes[0]);
        wait(&status);
        if (status != 0)
            return 1;
        taken[i] = (now() - start) / 1e3;
    }
    return printf("%.1f\n", median(taken, rounds)) < 0;
}

static int time_connections(int count) {
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof here;
    double *taken = calloc(count, sizeof *taken);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (void *)&here, sizeof here) != 0 || listen(listener, 8) != 0 || getsockname(listener, (void *)&here, &size) != 0)
        return 1;
    for (int i = 0; i < count; i++) {
        double start = now();
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client, (void *)&here, sizeof here) != 0)
            return 1;
        close(client);
        taken[i] = now() - start;
        close(accept(listener, NULL, NULL));
    }
    return printf("%.1f\n", median(taken, count)) < 0;
}

int main(int count, char **arguments) {
    if (count == 4 && !strcmp(arguments[1], "files"))
        return make_files(arguments[2], atoi(arguments[3]));
    if (count > 3 && !strcmp(arguments[1], "time"))
        return time_program(atoi(arguments[2]), arguments + 3, NULL, 0);
    if (count > 4 && !strcmp(arguments[1], "remove"))
        return time_program(3, arguments + 4, arguments[2], atoi(arguments[3]));
    return count == 3 && !strcmp(arguments[1], "connect") ? time_connections(atoi(arguments[2])) : 2;
}
