# Targets of every type of mount are links out of the image, or lie behind such links.
FROM base
RUN ln -s {{PLACE}}/outside/file /srv/file; ln -s ../../../../../../..{{PLACE}}/outside /srv/up; ln -s /proc/self/root{{PLACE}}/outside /srv/magic; ln -s /srv/round /srv/round; ln -s {{PLACE}} /srv/place
RUN --mount=type=cache,target=/srv/up --mount=type=secret,id=given,target=/srv/file --mount=target=/srv/place/context,rw \
    echo x > /srv/up/new; rm -rf /srv/place/context/*; ls /srv/up; test -s /srv/file && echo attack over
RUN --mount=type=bind,from=base,source=/etc/passwd,target=/srv/up/file,rw echo x >> /srv/up/file; rm -f /srv/file /srv/up /srv/magic /srv/round /srv/place; echo attack over
