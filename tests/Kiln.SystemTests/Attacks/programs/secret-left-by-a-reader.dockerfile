# A process that read a secret stays behind, and the next step looks for the value in every file that it can open.
FROM base
RUN --mount=type=secret,id=given cp /run/secrets/given /dev/shm/copy; (exec 5</run/secrets/given; cat <&5 > /dev/null; sleep 60) & \
    mkdir /srv/links; ln /run/secrets/given /srv/links/hard 2>/dev/null; mv /run/secrets /srv/links/moved 2>/dev/null; rm -f /srv/links/moved/given; echo left behind
RUN grep -r canary- /etc /home /root /run /srv /tmp /dev/shm 2>/dev/null; cat /proc/[0-9]*/fd/5 2>/dev/null; find / -xdev -name given 2>/dev/null; rm -rf /srv/links; echo attack over
