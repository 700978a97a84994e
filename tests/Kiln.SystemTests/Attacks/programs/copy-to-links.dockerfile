# Links in the image at the places that files are copied to.
FROM base
RUN ln -s {{PLACE}}/outside /srv/out && ln -s {{PLACE}}/outside/overwritten /srv/name && ln -s /proc/1/root{{PLACE}}/outside /srv/magic && ln -s ../../../../../../..{{PLACE}}/outside /srv/dots
COPY ordinary /srv/out/planted
COPY ordinary /srv/name
COPY ordinary /srv/magic/planted
COPY ordinary /srv/dots/
ADD ordinary /srv/out/sub/directory/
RUN cat {{PLACE}}/outside/file 2>/dev/null; echo attack over
