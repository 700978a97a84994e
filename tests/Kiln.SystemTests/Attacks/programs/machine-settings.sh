# Changes the machine's settings; every value written is the one that is there, or does no harm.
for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/kernel/hostname /proc/sys/vm/swappiness /proc/sys/fs/file-max /proc/sys/kernel/panic \
    /sys/kernel/uevent_helper /sys/kernel/mm/transparent_hugepage/enabled /sys/module/kernel/parameters/panic; do
    [ -f "$file" ] && value=$(cat "$file") && (printf '%s' "$value" > "$file") 2>/dev/null && echo "REACHED: wrote $file"
done
(echo h > /proc/sysrq-trigger) 2>/dev/null && echo REACHED: sysrq
for file in /proc/sys/fs/binfmt_misc/register /sys/kernel/debug/x /sys/fs/bpf/x /proc/sys/kernel/ns_last_pid /proc/irq/default_smp_affinity; do
    (echo ':kiln:M::kiln::/attack:' > "$file") 2>/dev/null && echo "REACHED: wrote $file"
done
true
