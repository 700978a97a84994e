# Opens what was planted by its path in the builder's file system, straight and by too many dots.
for path in outside/file context/private home/.docker/config.json root/planted token; do
    cat "$ATTACK_PLACE/$path" "/../../../..$ATTACK_PLACE/$path" "/proc/self/root/..$ATTACK_PLACE/$path" "/dev/../..$ATTACK_PLACE/$path" 2>/dev/null
done
ls "$ATTACK_PLACE" 2>/dev/null && echo REACHED: the place of the build
cat /var/run/secrets/kubernetes.io/serviceaccount/token 2>/dev/null
