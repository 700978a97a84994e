// SPDX-License-Identifier: Apache-2.0
// Starts the builder with what a careless environment would give it: open descriptors of what it must not show, a key in its session's keyring,
// a segment of shared memory, and sockets that tell all who ask. KILN_PROGRAM is the builder, KILN_PLANTED the directory.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void serve(const char *word) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
    char *memory = shmat(segment, NULL, 0);
    shmctl(segment, IPC_RMID, NULL);
    if (memory != (void *)-1)
        strcpy(memory, word);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int name = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "kiln-attack-%d", getpid());
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)name));
    listen(listener, 8);
    const char *names[] = { "stream", "packets", "datagram" };
    const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
    struct pollfd served[4] = { { .fd = listener, .events = POLLIN } };
    for (int i = 0; i < 3; i++) {
        snprintf(address.sun_path, sizeof address.sun_path, "%s/../%s", getenv("KILN_PLANTED"), names[i]);
        served[i + 1] = (struct pollfd){ .fd = socket(AF_UNIX, types[i], 0), .events = POLLIN };
        bind(served[i + 1].fd, (struct sockaddr *)&address, sizeof address);
        chmod(address.sun_path, 0777);
        listen(served[i + 1].fd, 8);
    }
    while (poll(served, 4, -1) > 0) {
        for (int i = 0; i < 3; i++)
            if (served[i].revents != 0) {
                int client = accept(served[i].fd, NULL, NULL);
                if (write(client, word, strlen(word)) < 0) { }
                close(client);
            }
        if (served[3].revents != 0) {
            snprintf(address.sun_path, sizeof address.sun_path, "%s/a-datagram-came", getenv("KILN_PLANTED"));
            if (read(served[3].fd, address.sun_path, 0) == 0)
                close(open(address.sun_path, O_CREAT | O_WRONLY, 0600));
        }
    }
}

int main(int argc, char **argv) {
    char path[4096], word[256] = { 0 };
    (void)argc;
    snprintf(path, sizeof path, "%s/file", getenv("KILN_PLANTED"));
    int file = open(path, O_RDONLY);
    if (read(file, word, sizeof word - 1) <= 0)
        return 99;
    dup2(file, 50);
    dup2(open(getenv("KILN_PLANTED"), O_RDONLY | O_DIRECTORY), 51);
    syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, 0);
    syscall(SYS_add_key, "user", "kiln-attack", word, strlen(word), -3 /* KEY_SPEC_SESSION_KEYRING */);
    if (fork() == 0) {
        for (int fd = 0; fd < 3; fd++)
            close(fd);
        serve(word);
    }
    execv(getenv("KILN_PROGRAM"), argv);
    return 98;
}
