# Walks into the root and working directories of every process that /proc shows.
for link in /proc/[0-9]*/root /proc/[0-9]*/cwd /proc/[0-9]*/task/*/root; do
    cat "$link$ATTACK_PLACE/outside/file" "$link/../../../../../../..$ATTACK_PLACE/outside/file" 2>/dev/null
    ls -a "$link$ATTACK_PLACE" 2>/dev/null && echo REACHED: "$link"
done
