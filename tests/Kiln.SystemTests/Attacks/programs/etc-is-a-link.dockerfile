# An image whose /etc leads through another process's root, where the accounts and the resolver's file are looked for.
FROM base
RUN rm -rf /etc/passwd /etc/group && mkdir /etc2 && cp -a /etc/. /etc2/ 2>/dev/null; true
FROM base AS tree
RUN mkdir /made && cp -a /bin /srv /tmp /root /home /made/ && ln -s /proc/1/root{{PLACE}}/outside /made/etc && mkdir /made/proc /made/sys /made/dev
FROM scratch
COPY --from=tree /made/ /
ENV PATH=/bin
RUN cat /etc/file 2>/dev/null; id; cat /etc/hosts > /dev/null; echo attack over
