# Climbs out of a directory that was removed under it.
mkdir -p /a/b/c && cd /a/b/c && rmdir /a/b/c && rm -rf /a
for i in 1 2 3 4 5 6 7 8; do cd .. 2>/dev/null; done
cat "./$ATTACK_PLACE/outside/file" "../../..$ATTACK_PLACE/outside/file" 2>/dev/null
