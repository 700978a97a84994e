// The one place at which the kernel opens files for a step, with a page of its own there: whatever is asked of it, nothing outside the tree comes, no device, nothing to write to, and nothing to who is not root.
// only in: supervised
#include "attack.h"
#include <grp.h>

static unsigned long memory, opening;
static int number;
static struct { unsigned long flags, mode, resolve; } own;

// Jumps to the very instruction, with what it leaves by on the stack: a call that fails is made again as one that cannot be meant.
static long jump(long a, const void *path, const void *b, long c) {
    long result;
    register long d __asm__("r10") = c;
    register long flags __asm__("r8") = 0;
    register unsigned long at __asm__("r14") = opening;
    __asm__ volatile(
        "mov %%rsp, %%r12; sub $0x800, %%rsp; and $-16, %%rsp; movq $0, (%%rsp); movq $0, 8(%%rsp); movq $0, 16(%%rsp); movq $0, 24(%%rsp); movq $0, 32(%%rsp); movq $0, 40(%%rsp); movq $-1, 48(%%rsp); movq $0x101, 56(%%rsp);"
        "lea 1f(%%rip), %%r13; mov %%r13, 64(%%rsp); jmp *%%r14; 1: mov %%r12, %%rsp"
        : "=a"(result), "+D"(a), "+S"(path), "+d"(b), "+r"(d), "+r"(flags)
        : "0"((long)number), "r"(at)
        : "rbx", "rcx", "r9", "r11", "r12", "r13", "memory");
    return (int)result;
}

// By openat(2) with any flags, or by openat2(2) with each description in the memory and with one of our own.
static int get(int directory, const char *path, int flags, int description) {
    if (number == SYS_openat)
        return (int)jump(directory, path, (void *)(long)(unsigned)flags, 0);
    own.flags = (unsigned)flags;
    return (int)jump(directory, path, description < 0 ? (void *)&own : (void *)(memory + 0x16000 + 32 * description), 24);
}

static void prepare(void) {
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        if (strstr(line, "shortcuts") != NULL && memory == 0)
            memory = strtoul(line, NULL, 16);
    if (maps != NULL)
        fclose(maps);
    static const unsigned char set[][5] = { "\xb8\x01\x01\0", "\xb8\xb5\x01\0" };
    for (int i = 0; i < 2 && memory != 0; i++) {
        const char *found = memmem((void *)memory, 4096, set[i], 5), *call = found != NULL ? memmem(found, 64, "\x0f\x05", 2) : NULL;
        if (call != NULL)
            opening = (unsigned long)call, number = i == 0 ? SYS_openat : SYS_openat2;
    }
}

// Nothing that is opened may be anywhere but on the tree's file system.
static void try(const char *who, int directory, const char *path, dev_t tree) {
    static const int flags[] = { 0, O_DIRECTORY, O_NOFOLLOW, O_NOATIME, O_PATH, O_PATH | O_NOFOLLOW, O_WRONLY, O_RDWR | O_CREAT, O_TMPFILE | O_RDWR };
    for (int description = -1; description < (number == SYS_openat ? 0 : 128); description++)
        for (size_t i = 0; i < (description < 0 ? sizeof flags / sizeof *flags : 1); i++) {
            struct stat status = { 0 };
            int fd = get(directory, path, flags[i] | O_NONBLOCK, description);
            if (fd < 0)
                continue;
            // What is no shortcut is answered by the supervisor, which has files of its own to give.
            if (description >= 0 && tree != 0 && syscall(SYS_fstat, fd, &status) == 0 && status.st_dev != tree)
                REACHED("%s: %s by %d", who, path, description);
            if (!S_ISDIR(status.st_mode))
                show(fd);
            close(fd);
        }
}

static void attack(const char *who) {
    static const char *const paths[] = {
        "..", "../..", "../../..", "../../../../../../../../etc/shadow", "../../../../../../../../proc/1/environ", "/etc/shadow", "/proc/1/environ", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/..", "/proc/self/environ",
        "/proc/self/mem", "/proc/self/ns/net", "/proc/kcore", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/mem", "/sys", "/proc", "/", "self", "link/shadow", "root/etc/shadow",
    };
    char path[4096], outside[4096];
    struct stat status;
    stat("/attack", &status);
    snprintf(outside, sizeof outside, "%s/outside/file", getenv("ATTACK_PLACE"));
    int directories[] = { AT_FDCWD, 4100, 4101, (int)syscall(SYS_open, "/", O_DIRECTORY), (int)syscall(SYS_open, "/attack", O_DIRECTORY), (int)syscall(SYS_open, "/proc", O_DIRECTORY), (int)syscall(SYS_open, "/dev", O_DIRECTORY) };
    for (size_t d = 0; d < sizeof directories / sizeof *directories; d++) {
        if (d == 5)
            status.st_dev = 0; // what stands in for a served directory is seen as that
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
            try(who, directories[d], paths[i], status.st_dev);
        try(who, directories[d], outside, status.st_dev);
        snprintf(path, sizeof path, "../../../../../../../..%s", outside);
        try(who, directories[d], path, status.st_dev);
    }
    for (int pid = getppid(); pid > 0 && pid > getppid() - 10; pid--)
        for (int i = 0; i < 12; i++) {
            snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, i + 3);
            if (pid != getpid() && pid != getppid())
                try(who, AT_FDCWD, path, status.st_dev);
        }
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    prepare();
    if (count > 1 && memory == 0) {
        // Where nothing is mapped, our own page in its place.
        memory = strtoul(arguments[2], NULL, 16), opening = strtoul(arguments[3], NULL, 16), number = atoi(arguments[4]);
        if (mmap((void *)memory, 0x20000, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
            return 0;
        memcpy((void *)opening, "\x0f\x05\xff\x64\x24\x40", 6); // syscall; jmp *64(%rsp)
        for (int i = 0; i < 128; i++)
            *(unsigned long *)(memory + 0x16000 + 32 * i) = i % 2 ? O_PATH : O_RDONLY;
    }
    if (opening == 0)
        return over();
    if (count > 1) {
        int top = (int)syscall(SYS_open, "/", O_DIRECTORY);
        attack(arguments[1]);
        for (int i = -1; i < 128; i++)
            if (get(top, "attack/theirs", O_RDONLY, i) >= 0 || get(top, "attack/roots", O_RDONLY, i) >= 0)
                REACHED("%s opened another's file", arguments[1]);
        return 0;
    }
    symlink("/etc", "/attack/link"), symlink("/proc/1/root", "/attack/root");
    close((int)syscall(SYS_open, "/attack/roots", O_CREAT | O_RDWR, 0600));
    close((int)syscall(SYS_open, "/attack/theirs", O_CREAT | O_RDWR, 0600));
    syscall(SYS_chown, "/attack/theirs", 1001, 1001);
    attack("root");
    for (int how = 0; how < 3; how++) {
        pid_t child = fork();
        if (child == 0) {
            char where[3][32], *again[] = { "shortcut-openings", "another user", where[0], where[1], where[2], NULL };
            sprintf(where[0], "%lx", memory), sprintf(where[1], "%lx", opening), sprintf(where[2], "%d", number);
            fcntl(4100, F_DUPFD, 20);
            setgroups(0, NULL);
            how == 0 ? setuid(65534) : how == 1 ? setresuid(65534, 0, 0), setuid(65534) : setresuid(1000, 1000, 1000);
            if (how == 2)
                dup2(20, 4100), dup2(20, 4101);
            execv("/attack/shortcut-openings", again);
            _exit(1);
        }
        waitpid(child, NULL, 0);
    }
    return over();
}
