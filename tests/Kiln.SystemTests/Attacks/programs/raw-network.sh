# Changes the machine's network, which the step shares.
ip link set lo down 2>/dev/null && echo REACHED: lo is down
ip addr add 10.99.99.99/32 dev lo 2>/dev/null && echo REACHED: an address
ip route add blackhole 10.99.99.0/24 2>/dev/null && echo REACHED: a route
(echo 1 > /proc/sys/net/ipv4/ip_forward) 2>/dev/null && echo REACHED: forwarding
true
