# Looks in a later step for the secret of an earlier one.
FROM base
RUN --mount=type=secret,id=given --mount=type=secret,id=given,env=GIVEN test -s /run/secrets/given && test -n "$GIVEN"
RUN cat /run/secrets/* 2>/dev/null; env | grep -v ATTACK_; find / -xdev -name given 2>/dev/null; ls -a /run; ls -d /run/secrets 2>/dev/null && echo REACHED: the stub; echo attack over
