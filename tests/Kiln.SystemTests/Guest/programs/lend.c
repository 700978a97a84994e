// Asks for the next byte of files of its own by a call that the supervisor answers with a borrowed descriptor, under a timer's signals and from many threads.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static void handle(int signal)
{
}

static int count_descriptors(void)
{
    int count = 0;
    for (int i = 0; i < 200; i++)
        count += fcntl(i, F_GETFD) >= 0;
    return count;
}

static void *ask(void *unused)
{
    long bad = 0;
    int ends[2];
    pipe(ends);
    for (int i = 0; i < 200; i++) {
        unsigned char byte = i % 250 + 1;
        write(ends[1], &byte, 1);
        bad += syscall(SYS_flistxattr, ends[0], 0, 0) != byte;
    }
    close(ends[0]), close(ends[1]);
    return (void *)bad;
}

int main(void)
{
    int file = open("/etc/passwd", O_RDONLY), before = count_descriptors();
    char asked[5] = "", read_then[5] = "";
    for (int i = 0; i < 4; i++)
        asked[i] = syscall(SYS_flistxattr, file, 0, 0);
    read(file, read_then, 3);
    printf("%s %s\n", asked, read_then);
    long none = syscall(SYS_flistxattr, 199, 0, 0);
    printf("none %d\n", none < 0 && errno == EBADF);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = handle, .sa_flags = SA_RESTART}, 0);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 300}, {0, 300}}, 0);
    pthread_t threads[4];
    long bad = 0;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], 0, ask, 0);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        bad += (long)result;
    }
    printf("bad %ld\nleft %d\n", bad, count_descriptors() - before);
    return 0;
}
