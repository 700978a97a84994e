# A file that is copied through a link of the context that leads out of it.
# expect: any
FROM base
COPY escapes/up/file /srv/stolen
RUN cat /srv/stolen; echo attack over
