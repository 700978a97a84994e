// Names, paths and links that are as long as can be, and links whose targets make them longer.
// only in: supervised
#include "attack.h"

int main(void) {
    static char path[16384], name[256], where[16384];
    memset(name, 'n', 255);
    chdir("/tmp");
    for (int depth = 0; depth < 40; depth++)
        if (mkdir(name, 0755) != 0 || chdir(name) != 0)
            break;
    if (syscall(SYS_getcwd, where, sizeof where) > 0 && strstr(where, getenv("ATTACK_PLACE")))
        REACHED("where the tree lies");
    open("x", O_CREAT | O_WRONLY, 0600), readlink("/proc/self/cwd", where, sizeof where), unlink("x"), chdir("../../../.."), chdir("nn");
    show_outside("../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../..");
    // No path of an archive is as long.
    while (chdir(name) == 0) { }
    while (chdir("..") == 0 && rmdir(name) == 0) { }
    chdir("/tmp");
    for (size_t target = 3900; target < 4097; target += 13) {
        memset(path, '/', sizeof path);
        memcpy(path + target - 2, "q", 2);
        unlink("dangling");
        symlink(path, "dangling");
        for (size_t length = 1; length < 4200; length += 117) {
            memset(where, '/', sizeof where);
            memcpy(where + length, "tmp/dangling", 13);
            close(open(where, O_CREAT | O_WRONLY, 0600));
            memset(where, 0, sizeof where);
            for (size_t i = 0; i < length; i += 2)
                memcpy(where + i, "./", 2);
            strcat(where, "dangling");
            close(open(where, O_CREAT | O_WRONLY, 0600));
            mkdir(where, 0755), rename(where, where), link(where, "other"), unlink("other"), stat(where, (struct stat *)path);
        }
    }
    memset(path, 0, sizeof path);
    for (int i = 0; i < 4095; i += 3)
        memcpy(path + i, "../", 3);
    show_path(path);
    path[4094] = 0, path[4095] = 0;
    mkdir(path, 0700), open(path, O_CREAT | O_RDWR, 0600), chdir(path);
    symlink("loop", "/tmp/loop"), open("/tmp/loop", O_CREAT | O_RDWR, 0600), open("/tmp/loop/x", O_RDONLY);
    return over();
}
