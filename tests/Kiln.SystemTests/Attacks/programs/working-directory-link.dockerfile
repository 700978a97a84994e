# A working directory that leads out through links.
FROM base
RUN ln -s {{PLACE}}/outside /w && ln -s /proc/1/cwd /c && ln -s /proc/self/root/../../../.. /r
WORKDIR /w/made
RUN cat ../file 2>/dev/null; pwd > /srv/pwd
WORKDIR /r{{PLACE}}/outside/again
RUN cat ../file 2>/dev/null; echo attack over
