# Kills whatever it can name.
# expect in chroot: any
# expect in supervised: any
kill -9 -1 2>/dev/null
for pid in $(seq 2 2000); do [ $pid = $$ ] || kill -9 $pid 2>/dev/null; done
kill -TERM 0 2>/dev/null &
true
