# Links to what lies outside, and to what is only mounted.
for target in "$ATTACK_PLACE/outside/file" /proc/1/exe /proc/1/environ /proc/version /sys/kernel/uevent_seqnum; do
    ln "$target" "/srv/linked-$(basename "$target")" 2>/dev/null && echo "REACHED: linked $target"
done
# Where nothing can be mounted these are files of the step's own tree.
[ "$ATTACK_RUNG" != namespaces ] || for target in /proc/self/exe /etc/hosts /etc/resolv.conf /dev/null; do
    ln "$target" "/srv/linked-$(basename "$target")" 2>/dev/null && echo "REACHED: linked $target"
done
true
