# A link of the context that leads out of it, copied by its name.
# expect: any
FROM base
COPY escape /srv/escape
RUN cat /srv/escape /srv/escape/file 2>/dev/null; echo attack over
