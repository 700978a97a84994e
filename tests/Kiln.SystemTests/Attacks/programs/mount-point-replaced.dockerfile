# The step moves the directory that holds its mounts, puts links out and other things in its place, and goes on doing so while it ends.
FROM base
RUN --mount=type=cache,id=replaced,target=/srv/a/b/cache --mount=type=bind,target=/srv/a/b/context --mount=type=tmpfs,target=/srv/a/t --mount=type=secret,id=given,target=/srv/a/b/secret \
    mv /srv/a /srv/away; ln -s {{PLACE}}/outside /srv/a; mkdir -p /srv/away/b2; mv /srv/away/b /srv/away/b2/b; ln -s {{PLACE}}/outside /srv/away/b; \
    mv /srv/away/b2/b/cache /srv/cache 2>/dev/null; rm -rf /srv/away/b2/b/cache 2>/dev/null; ln -sfn {{PLACE}}/outside /srv/away/b2/b/cache 2>/dev/null; \
    (while :; do mv /srv/away /srv/x; mv /srv/x /srv/away; done > /dev/null 2>&1 < /dev/null) & sleep 1; true
RUN rm -rf /srv/a /srv/away /srv/x
RUN --mount=type=cache,id=replaced,target=/cache cat /cache/file 2>/dev/null; ls -A /cache; test -d /cache && test ! -L /cache && echo attack over
