// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>An ordinary user's builder, which has one id, makes the layers that root's makes: every entry with its type, mode, owner, link and content.</summary>
public sealed class RecordedOwnerTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Files_of_all_kinds_are_given_away() => AssertSameAsync("""
        FROM base
        RUN touch /a && mkdir -p /d/e && ln -s x /d/link && mkfifo /d/pipe && touch /d/f && ln /d/f /d/g && chown 1000:1001 /a && chown -R app:appgroup /d && chown -h 5:6 /d/link
        RUN mv /d/link /d/moved && mv /d/pipe /pipe && mv /d /e && chown :7 /a && rm /e/f && touch /e/f
        """);

    [Fact]
    public Task Files_of_the_base_keep_their_owners_when_they_are_changed() => AssertSameAsync("""
        FROM base AS first
        COPY --chown=7:8 Dockerfile /srv/given
        RUN chmod 600 /srv/secretive /srv/given && echo more >> /srv/given && rm /srv/keep && echo x > /srv/keep
        FROM base
        COPY --from=first /srv /copied
        RUN chmod 755 /copied /copied/given && mv /copied/secretive /moved
        """);

    [Fact]
    public Task Giving_a_file_away_drops_its_special_bits() => AssertSameAsync("""
        FROM base
        RUN cd /tmp && touch a b c && mkdir d && chmod 4755 a && chmod 2755 b && chmod 2644 c && chmod 2755 d && chown 1 a && chown :1 b && chown 1:1 c d && ls -ln > /list
        """, without: "list");

    [Fact]
    public Task Programs_see_the_owners() => AssertSameAsync("""
        FROM base
        COPY --chown=7:8 Dockerfile /srv/given
        RUN chown 1000 /srv/keep && ln -s keep /srv/l && chown -h 3:4 /srv/l && cd /srv && stat -c '%u:%g %n' * /srv/../srv/. ./../srv/keep > /stat && find / -xdev -user app | sort > /find; \
            stat -L -c '%u:%g' /srv/l >> /stat; stat -c '%u:%g' - < /srv/keep >> /stat; tar -c -f - . | tar -t -v | cut -c1-30 | sort > /tar
        """);

    [Fact]
    public Task An_archive_is_unpacked_with_its_owners() => AssertSameAsync("""
        FROM base
        RUN mkdir -p /t/d && touch /t/d/a && ln -s a /t/d/l && chown -R 12:34 /t && chown -h 5:6 /t/d/l && tar -c -f /t.tar t && rm -r /t && mkdir /u && cd /u && tar -x -f /t.tar && rm /t.tar && cp -a t copy
        """);

    [Fact]
    public Task A_descriptor_is_given_away() => AssertSameAsync("""
        FROM base
        RUN chown 1000 /dev/stdout /proc/self/fd/2
        """);

    [Fact]
    public Task A_process_is_who_it_became() => AssertSameAsync("""
        FROM base
        RUN id > /1; su app -c id > /2; su app -c 'cd /srv; su root -c id' > /3 2>&1; (su app -c '(sleep 0.1; id -u) & id -u') > /4; su app -c 'chown root /srv/secretive; chgrp appgroup /srv/secretive; chown 1 /srv/keep' 2> /5; \
            chmod 6755 /bin/busybox && chown 0:77 /bin/busybox && chmod 6755 /bin/busybox && su app -c 'id -u; id -ru; id -g; id -rg' > /6; true
        USER app
        WORKDIR /w
        """);

    [Fact]
    public Task What_a_user_makes_is_the_users() => AssertSameAsync("""
        FROM base
        RUN mkdir -m 1777 /t && su app -c 'cd /t; umask 027; touch a; mkdir -p d/e; ln -s a l; mkfifo p; mknod q p; echo x > d/f; cp /srv/keep k; ln d/f d/g; mv d/f ../t/moved; echo y >> a; ln -s made by; echo x > by; chmod 4755 k'
        USER app
        WORKDIR /home/app/w
        RUN touch mine && (echo in the background > late &) && sleep 0.2 && cat mine late /etc/passwd > all
        USER root
        RUN touch /roots /home/app/w/roots
        """);

    [Fact]
    public Task A_directory_hands_its_group_on() => AssertSameAsync("""
        FROM base
        RUN mkdir /g && chown 0:77 /g && chmod 2775 /g && cd /g && touch a && mkdir -p d/e && ln -s a l && mkfifo d/p && echo x > d/e/f && chown 5 a
        RUN touch /g/b /g/d/b && cp -a /g /h && chmod g-s /h/d && touch /h/d/c
        """);

    /// <param name="dockerfile">What both build.</param>
    /// <param name="without">Files whose content may differ, as it holds times.</param>
    private async Task AssertSameAsync(string dockerfile, params string[] without)
    {
        IReadOnlyList<string> expected = await ListAsync(0, "namespaces");

        Assert.Equal(expected, await ListAsync(1000, "namespaces"));
        Assert.Equal(expected, await ListAsync(1000, "supervised"));

        async Task<IReadOnlyList<string>> ListAsync(uint uid, string rung)
        {
            using BuildPlace place = await world.NewPlaceAsync(uid);
            place.Dockerfile(dockerfile);
            string image = place.NewDestination();
            KilnRun run = await place.BuildAsync(["--insecure", "--isolation", rung, "--destination", image], Token);
            Assert.True(run.Status == 0, run.All);
            return [.. (await PushedImage.FetchAsync(image, Token)).List().Where(line => !without.Any(name => line.Contains($" {name} ", StringComparison.Ordinal)))];
        }
    }
}
