# Leaves processes behind: in the background, in another session, orphaned twice.
sleep 98765 &
setsid sleep 98765 < /dev/null > /dev/null 2>&1 &
(setsid sh -c '(trap "" TERM HUP INT; sleep 98765; sleep 98765) > /dev/null 2>&1 < /dev/null &' &)
trap '' TERM
true
