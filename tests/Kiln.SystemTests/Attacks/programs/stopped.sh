# Stops itself, so that it never ends.
# expect: status 124
sh -c 'kill -STOP $$; echo REACHED: went on'
