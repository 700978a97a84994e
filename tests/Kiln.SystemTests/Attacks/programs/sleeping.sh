# Never ends, and cannot be asked to.
# expect: status 124
trap '' TERM INT HUP QUIT
while :; do sleep 1000; done
