# A process that read a secret stays behind, and the next step looks for the value in every file that it can open.
FROM base
RUN --mount=type=secret,id=given cp /run/secrets/given /dev/shm/copy; (exec 5</run/secrets/given; cat <&5 > /dev/null; sleep 60) & \
    mkdir /srv/links; ln /run/secrets/given /srv/links/hard 2>/dev/null; mv /run/secrets /srv/links/moved 2>/dev/null; rm -f /srv/links/moved/given; echo left behind
RUN grep -r canary- / --exclude-dir=proc --exclude-dir=sys 2>/dev/null; cat /proc/[0-9]*/fd/[0-9]* 2>/dev/null < /dev/null | grep canary-; find / -xdev -name given 2>/dev/null; echo attack over
