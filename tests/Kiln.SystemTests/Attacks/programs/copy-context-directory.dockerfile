# A directory of the context with links that lead out of it; they stay links, which lead nowhere in the image.
FROM base
COPY escapes/ /srv/escapes/
RUN cat /srv/escapes/* /srv/escapes/up/file 2>/dev/null; echo attack over
