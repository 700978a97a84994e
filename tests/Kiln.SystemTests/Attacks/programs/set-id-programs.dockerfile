# Set-uid programs, with and without a user who gains by them.
FROM base
RUN cp /bin/busybox /srv/root-shell && chmod 6755 /srv/root-shell && touch /srv/mode && chmod 7777 /srv/mode
USER app
RUN /srv/root-shell cat {{PLACE}}/outside/file 2>/dev/null; /srv/root-shell id -u > /dev/null; \
    for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger; do (/srv/root-shell sh -c "echo h > $f") 2>/dev/null && echo "REACHED: $f"; done; echo attack over
