// The memory that the supervisor shares with a step's processes, facts and machine code: to be written to in every way there is, for other processes or for the builder to read.
// only in: supervised
#include "attack.h"
#include <sys/uio.h>

#define FILE_OF_IT 4102

static unsigned long MEMORY;
static char before[4096], evil[] = "evil evil evil";

static void try(const char *how, long result) {
    if (result > 0)
        REACHED("%s: %ld", how, result);
    if (memcmp(before, (void *)(MEMORY + 0x1000), sizeof before) != 0)
        REACHED("%s: the memory has changed", how);
}

static void try_mapping(const char *how, int fd) {
    void *pages = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    try(how, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
    try(how, pages != MAP_FAILED && mprotect(pages, 4096, PROT_READ | PROT_WRITE) == 0);
}

static void try_file(const char *how, int fd) {
    if (fd < 0)
        return;
    int ends[2], other = open("/proc/self/exe", O_RDONLY);
    off_t offset = 0x1000, start = 0;
    pipe(ends);
    write(ends[1], evil, sizeof evil);
    try(how, write(fd, evil, sizeof evil));
    try(how, pwrite(fd, evil, sizeof evil, 0x1000));
    try(how, ftruncate(fd, 0) == 0);
    try(how, ftruncate(fd, 1 << 24) == 0);
    try(how, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8192) == 0);
    try(how, fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 8192) == 0);
    try(how, syscall(SYS_splice, ends[0], NULL, fd, &offset, 4, 0));
    try(how, syscall(SYS_sendfile, fd, other, &start, 4));
    try(how, copy_file_range(other, &start, fd, &offset, 4, 0));
    try(how, fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    try_mapping(how, fd);
    close(ends[0]), close(ends[1]), close(other);
}

int main(void) {
    char path[64], line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        if (strstr(line, "shortcuts") != NULL && MEMORY == 0)
            MEMORY = strtoul(line, NULL, 16);
    if (MEMORY == 0)
        return over();
    memcpy(before, (void *)(MEMORY + 0x1000), sizeof before);
    char *beside = mmap((void *)(MEMORY - 8192), 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (beside != (char *)MEMORY - 8192 || munmap(beside, 8192 - 1) != 0)
        REACHED("what ends where it begins cannot be given back");
    try_file("the descriptor", FILE_OF_IT);
    snprintf(path, sizeof path, "/proc/self/fd/%d", FILE_OF_IT);
    try_file("opened again", open(path, O_RDWR));
    try_file("opened to append", open(path, O_WRONLY | O_APPEND));
    try("truncate", truncate(path, 0) == 0);
    try("mprotect", mprotect((void *)MEMORY, 8192, PROT_READ | PROT_WRITE) == 0);
    try("MADV_REMOVE", madvise((void *)MEMORY, 8192, MADV_REMOVE) == 0);
    try("MADV_POPULATE_WRITE", madvise((void *)MEMORY, 8192, 23) == 0);
    int memory = open("/proc/self/mem", O_RDWR);
    try("/proc/self/mem", pwrite(memory, evil, sizeof evil, MEMORY + 0x1000));
    struct iovec local = { evil, sizeof evil }, remote = { (void *)(MEMORY + 0x1000), sizeof evil };
    try("process_vm_writev", process_vm_writev(getpid(), &local, 1, &remote, 1, 0));
    pid_t child = fork();
    if (child == 0)
        sleep(1), _exit(0);
    try("of a child", process_vm_writev(child, &local, 1, &remote, 1, 0));
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    try("a child's memory", pwrite(open(path, O_RDWR), evil, sizeof evil, MEMORY + 0x1000));
    waitpid(child, NULL, 0);
    try("read", read(open("/proc/self/exe", O_RDONLY), (void *)(MEMORY + 0x1000), 4));
    return over();
}
