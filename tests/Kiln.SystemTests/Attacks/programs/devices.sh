# Makes nodes of the machine's disks, memory and ports, and reads them.
mkdir -p /nodes
for node in "b 254 0" "b 253 0" "b 259 0" "b 8 0" "b 7 0" "c 1 1" "c 1 2" "c 1 4" "c 1 11" "c 10 229" "c 10 200" "c 5 1" "c 4 64"; do
    set -- $node
    mknod "/nodes/$1-$2-$3" $node 2>/dev/null || continue
    [ "$(timeout 2 head -c 16 "/nodes/$1-$2-$3" 2>/dev/null | wc -c)" -eq 0 ] || echo "REACHED: device $node"
done
rm -rf /nodes
for device in /dev/mem /dev/kmem /dev/port /dev/kmsg /dev/vda /dev/sda /dev/fuse /dev/kvm /dev/net/tun /dev/loop-control; do
    [ -e $device ] && echo "REACHED: $device"
done
true
