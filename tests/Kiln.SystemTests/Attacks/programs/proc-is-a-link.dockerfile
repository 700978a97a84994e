# An image whose /proc is a link, so that what is read-only in it lies at another path.
FROM scratch AS links
COPY --from=base / /keep/
FROM base AS tree
RUN mkdir /made && cp -a /bin /etc /srv /tmp /root /home /made/ && ln -s /out /made/proc && mkdir /made/out
FROM scratch
COPY --from=tree /made/ /
ENV PATH=/bin ATTACK_RUNG={{RUNG}}
RUN [ -d /out/self ] || [ $ATTACK_RUNG != namespaces ] || echo REACHED: nothing, there is no proc at all; \
    for f in sys/kernel/core_pattern sys/vm/swappiness sys/kernel/modprobe; do v=$(cat /out/$f) && (printf '%s' "$v" > /out/$f) 2>/dev/null && echo "REACHED: wrote $f"; done; \
    [ ! -e /out/sysrq-trigger ] || { (echo h > /out/sysrq-trigger) 2>/dev/null && echo REACHED: sysrq; }; [ -s /out/keys ] && echo REACHED: keys; echo attack over
