// Opens the doors of the kernel that ask for privilege or are known for their faults; what it is given is closed again.
#include "attack.h"
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <time.h>

int main(void) {
    struct perf_event_attr events = { .type = PERF_TYPE_SOFTWARE, .size = sizeof events, .config = PERF_COUNT_SW_CPU_CLOCK };
    int fd = (int)syscall(SYS_perf_event_open, &events, -1, 0, -1, 0);
    if (fd >= 0)
        REACHED("perf events of every process");
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.start_id = 0;
    if (syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof attributes) == 0)
        REACHED("lists bpf programs");
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = BPF_MAP_TYPE_HASH;
    attributes.key_size = attributes.value_size = 4;
    attributes.max_entries = 4;
    fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
    close(fd);
    fd = (int)syscall(SYS_userfaultfd, 0);
    if (fd >= 0)
        REACHED("userfaultfd that stops the kernel");
    if (syscall(SYS_init_module, "", 0, "") == 0 || (errno != EPERM && errno != ENOSYS))
        REACHED("init_module: %m");
    if (syscall(SYS_kexec_load, 0, 0, 0, 0) == 0 || (errno != EPERM && errno != ENOSYS))
        REACHED("kexec_load: %m");
    if (syscall(SYS_swapon, "/dev/null", 0) == 0 || (errno != EPERM && errno != ENOSYS))
        REACHED("swapon: %m");
    if (syscall(SYS_acct, "/srv/acct") == 0)
        REACHED("acct");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (clock_settime(CLOCK_REALTIME, &now) == 0)
        REACHED("set the clock");
    if (syscall(SYS_reboot, 0xfee1dead, 672274793, 0 /* CAD off */, NULL) == 0)
        REACHED("reboot");
#ifdef SYS_iopl
    if (syscall(SYS_iopl, 3) == 0 || syscall(SYS_ioperm, 0x80, 1, 1) == 0)
        REACHED("ports");
#endif
    if (syscall(SYS_quotactl, 0x800001 << 8, "/dev/vda", 0, NULL) == 0)
        REACHED("quotactl");
    return over();
}
