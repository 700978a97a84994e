# Closes its output and goes on.
exec > /dev/null 2>&1
exec 1>&- 2>&-
echo nobody reads this
exec > /dev/stdout 2> /dev/null
