# Leaves its secret in a file as registries' credentials are left: in base64, behind a user's name.
# expect: error KILN4020
FROM base
RUN --mount=type=secret,id=given,env=GIVEN printf 'me:%s' "$GIVEN" | base64 > /srv/config.json; echo attack over
