# Leaves its secret in a file of the layer.
# expect: error KILN4020
FROM base
RUN --mount=type=secret,id=given (head -c 100000 /dev/zero; cat /run/secrets/given) > /srv/stolen; echo attack over
