# Goes on changing what it leaves behind: a file becomes a FIFO, a link out, a directory, and grows.
mkdir -p /srv/swap
(while :; do
    rm -rf /srv/swap/x; echo file > /srv/swap/x
    rm -rf /srv/swap/x; mkfifo /srv/swap/x
    rm -rf /srv/swap/x; ln -s "/proc/1/root$ATTACK_PLACE/outside/file" /srv/swap/x
    rm -rf /srv/swap/x; mkdir /srv/swap/x; echo more >> /srv/swap/grown
done > /dev/null 2>&1 < /dev/null) &
sleep 1
