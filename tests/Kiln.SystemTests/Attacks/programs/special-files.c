// Leaves sockets, FIFOs and set-uid programs behind.
#include "attack.h"
#include <sys/un.h>

int main(void) {
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/srv/socket" };
    bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
    mkfifo("/srv/fifo", 0666);
    close(open("/srv/program", O_WRONLY | O_CREAT, 0755));
    chmod("/srv/program", 06755);
    chown("/srv/keep", 4242, 4243);
    return over();
}
