# An image whose /sys, /dev and /run are links to each other and out.
FROM base AS tree
RUN mkdir /made && cp -a /bin /etc /srv /tmp /root /home /made/ && ln -s /proc/1/root/sys2 /made/sys && ln -s ../../../../{{PLACE}}/outside /made/dev && ln -s /etc /made/run
FROM scratch
COPY --from=tree /made/ /
ENV PATH=/bin
RUN --mount=type=tmpfs,target=/run/x --mount=type=secret,id=given ls -l / > /listing; \
    for f in /sys/kernel/uevent_helper /sys2/kernel/uevent_helper; do [ -e $f ] && (printf '' > $f) 2>/dev/null && echo "REACHED: wrote $f"; done; echo attack over
