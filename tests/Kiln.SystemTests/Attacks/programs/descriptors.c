// Opens files until there are no more, and leaves them open.
#include "attack.h"

int main(void) {
    int count = 0;
    while (open("/dev/null", O_RDONLY) >= 0 && count < 2000000)
        count++;
    close(3), close(4);
    return over();
}
