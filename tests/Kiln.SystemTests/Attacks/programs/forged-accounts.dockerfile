# Account files that are links, FIFOs, endless and full of tricks.
FROM base AS endless
RUN rm /etc/passwd && ln -s /dev/zero /etc/passwd && rm /etc/group && ln -s /proc/1/environ /etc/group
RUN cp /srv/keep /srv/a
FROM base AS piped
RUN rm /etc/passwd /etc/group && mkfifo /etc/passwd /etc/group
RUN cp /srv/keep /srv/b
FROM base
COPY --from=endless /srv/a /srv/a
COPY --from=piped /srv/b /srv/b
RUN printf 'root:x:4294967295:99999999999999999999::/root:/bin/sh\nroot:x:0:0::%s/outside:/bin/sh\nx:x:-1:-1:::\n\n:::::::\n' '{{PLACE}}' > /etc/passwd
RUN echo "$HOME" > /srv/home; cat "$HOME/file" 2>/dev/null; echo attack over
