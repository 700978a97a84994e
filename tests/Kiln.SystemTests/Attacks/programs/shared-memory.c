// Reads shared memory, queues and semaphores of the machine (System V and POSIX).
#include "attack.h"
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
    for (int id = 0; id < 65536; id++) {
        char *memory = shmat(id, NULL, SHM_RDONLY);
        if (memory == (void *)-1)
            continue;
        REACHED("segment %d", id);
        printf("%.200s\n", memory);
        shmdt(memory);
    }
    show_path("/proc/sysvipc/shm");
    DIR *shared = opendir("/dev/shm");
    for (struct dirent *entry; shared && (entry = readdir(shared));)
        if (entry->d_name[0] != '.')
            REACHED("/dev/shm/%s", entry->d_name);
    return over();
}
