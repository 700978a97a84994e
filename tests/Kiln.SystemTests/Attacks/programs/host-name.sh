# Renames the machine.
hostname owned 2>/dev/null
true
