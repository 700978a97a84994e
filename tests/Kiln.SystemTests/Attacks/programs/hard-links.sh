# Links to what lies outside, and to what is only mounted.
for target in "$ATTACK_PLACE/outside/file" /proc/1/exe /proc/self/exe /proc/1/environ /etc/hosts /etc/resolv.conf /dev/null /proc/version /sys/kernel/uevent_seqnum; do
    ln "$target" "/srv/linked-$(basename "$target")" 2>/dev/null && echo "REACHED: linked $target"
done
true
