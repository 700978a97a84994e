# Looks for what was planted in command lines, mount tables, maps, cgroups and limits of every process.
for name in cmdline mountinfo mounts maps cgroup stack wchan limits status comm personality syscall; do
    cat /proc/[0-9]*/$name 2>/dev/null | tr '\0' ' '
done
