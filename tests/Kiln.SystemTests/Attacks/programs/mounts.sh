# Mounts and unmounts without the right to, and uncovers what was covered.
mkdir -p /mnt/a
for type in proc sysfs tmpfs devtmpfs debugfs tracefs securityfs configfs fusectl binfmt_misc bpf ext4 overlay; do
    mount -t $type none /mnt/a 2>/dev/null && echo "REACHED: mounted $type" && umount /mnt/a
done
mount --bind / /mnt/a 2>/dev/null && echo REACHED: bound
mount -o remount,rw /proc/sys 2>/dev/null && echo REACHED: remounted
mount -o remount,rw /sys 2>/dev/null && echo REACHED: remounted
for path in /proc/kcore /proc/keys /proc/timer_list /proc/sys /sys/firmware /sys /proc /dev; do umount -l $path 2>/dev/null && echo "REACHED: unmounted $path"; done
[ -s /proc/keys ] && echo REACHED: keys
[ "$(head -c 4 /proc/kcore 2>/dev/null | wc -c)" -eq 0 ] || echo REACHED: kcore
true
