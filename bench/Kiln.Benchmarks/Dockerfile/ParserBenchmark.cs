// SPDX-License-Identifier: Apache-2.0
using System.Text;
using BenchmarkDotNet.Attributes;
using Kiln.Diagnostics;
using Kiln.Dockerfile;

namespace Kiln.Benchmarks.Dockerfile;

/// <summary>Parses 1 MB of Dockerfile, of each kind that could be slow. The aim is 100 ms for each.</summary>
[MemoryDiagnoser]
public class ParserBenchmark
{
    private const int Bytes = 1_000_000;

    private const string Stage =
        """
        # A stage as people write them.
        FROM --platform=$BUILDPLATFORM debian:${VERSION:-12} AS build
        ARG VERSION=12 NAME
        ENV PATH=/opt/bin:$PATH LANG="C.UTF-8" \
            HOME=/home/app
        WORKDIR /src
        COPY --chown=1000:1000 --exclude=*.md src/ include/ /src/
        RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --network=default \
            apt-get update && \
            # what make needs
            apt-get install -y --no-install-recommends build-essential && \
            rm -rf /var/lib/apt/lists
        RUN <<EOF
        set -e
        make all
        EOF
        LABEL org.opencontainers.image.title="an image" org.opencontainers.image.version='1.0'
        EXPOSE 80/tcp 443
        HEALTHCHECK --interval=30s CMD curl -f http://localhost/
        ENTRYPOINT ["/src/out/server", "--listen", "0.0.0.0:80"]

        """;

    private SourceText _source = new("Dockerfile", "");

    [Params("stages", "one long RUN", "one long heredoc", "one long ENV", "one long JSON array", "comments")]
    public string Kind { get; set; } = "stages";

    [GlobalSetup]
    public void Write() => _source = new SourceText("Dockerfile", Kind switch
    {
        "stages" => Repeat(Stage),
        "one long RUN" => $"FROM a\nRUN true {Repeat(" \\\n    && echo one more line")}\n",
        "one long heredoc" => $"FROM a\nRUN <<EOF\n{Repeat("echo one more line\n")}EOF\n",
        "one long ENV" => $"FROM a\nENV a=b {Repeat(" \\\n    NAME=\"a value\"")}\n",
        "one long JSON array" => $"FROM a\nCMD [\"a\"{Repeat(", \\\n    \"argument\"")}]\n",
        _ => $"{Repeat("# a comment\n\n")}FROM a\n",
    });

    [Benchmark]
    public DockerfileDocument Parse() => DockerfileParser.Parse(new SourceText(_source.Name, _source.Text));

    private static string Repeat(string text)
    {
        var all = new StringBuilder(Bytes + text.Length);
        while (all.Length < Bytes)
            all.Append(text);
        return all.ToString();
    }
}
