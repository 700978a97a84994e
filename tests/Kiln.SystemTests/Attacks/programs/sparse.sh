# Leaves a file that is large and empty, and one that is mostly hole.
truncate -s 300M /srv/hole
printf end >> /srv/hole
