# A program that is its own interpreter, a directory, a FIFO and a device.
# expect: status 126
FROM base
RUN printf '#!/srv/loop\n' > /srv/loop && chmod 755 /srv/loop && mkfifo /srv/fifo && chmod 755 /srv/fifo && echo attack over
RUN ["/srv/fifo"]
