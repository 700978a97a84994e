# Prints its secret in every way at hand; what is shown must not tell it.
FROM base
RUN --mount=type=secret,id=given cat /run/secrets/given; cat /run/secrets/given >&2; base64 < /run/secrets/given; printf 'user:%s' "$(cat /run/secrets/given)" | base64; \
    for i in 1 2 3; do printf 'x%s' "$(cat /run/secrets/given)"; done; sed 's/./&/' /run/secrets/given; dd if=/run/secrets/given bs=1 2>/dev/null; echo; echo attack over
