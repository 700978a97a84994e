# A script whose interpreter is the program that starts it, the builder itself, under a loader of the attacker's (CVE-2019-5736).
# expect: status 126
# expect in chroot: status 127
# expect in supervised: status 127
FROM base
COPY loader /lib64/ld-linux-x86-64.so.2
COPY loader /lib/ld-linux-aarch64.so.1
RUN printf '#!/proc/self/exe\n' > /srv/script && chmod 755 /srv/script && echo attack over
RUN ["/srv/script"]
