// Speaks to the kernel's network, audit and device event services.
#include "attack.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

int main(void) {
    struct { struct nlmsghdr head; struct ifinfomsg link; } request = {
        .head = { .nlmsg_len = sizeof request, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
        .link = { .ifi_family = AF_UNSPEC, .ifi_index = 1, .ifi_flags = 0, .ifi_change = 1 },
    };
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    char answer[4096];
    if (fd >= 0 && send(fd, &request, sizeof request, 0) > 0 && recv(fd, answer, sizeof answer, 0) > 0) {
        struct nlmsgerr *error = NLMSG_DATA((struct nlmsghdr *)answer);
        if (error->error == 0)
            REACHED("took lo down");
    }
    close(fd);
    int families[] = { NETLINK_AUDIT, NETLINK_KOBJECT_UEVENT, NETLINK_NETFILTER, NETLINK_XFRM };
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        fd = socket(AF_NETLINK, SOCK_RAW, families[i]);
        struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
        struct nlmsghdr change = { .nlmsg_len = sizeof change, .nlmsg_type = 1001 /* AUDIT_SET */, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK };
        if (fd >= 0 && families[i] == NETLINK_AUDIT && send(fd, &change, sizeof change, MSG_DONTWAIT) > 0 && recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0
            && ((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error == 0)
            REACHED("changed audit");
        (void)address;
        close(fd);
    }
    if (socket(AF_PACKET, SOCK_RAW, 0x0300) >= 0)
        REACHED("hears every packet");
    if (socket(AF_INET, SOCK_RAW, 1) >= 0)
        REACHED("sends raw packets");
    return over();
}
