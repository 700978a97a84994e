// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Fuzz;

/// <summary>The parser of Dockerfiles, the mounts of RUN and the triggers of ONBUILD.</summary>
internal sealed class ParserTarget : IFuzzTarget
{
    public string Name => "parser";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "FROM a", "FROM a AS b", "FROM --platform=$P a", "ARG a=b", "ENV a=b c=d", "ENV a b", "LABEL", "RUN x", "RUN <<E", "RUN cat <<-E <<F", "COPY <<E /x",
        "COPY a b", "ADD --link a b", "CMD [\"a\"]", "HEALTHCHECK --interval=1s CMD x", "ONBUILD ", "ONBUILD RUN <<E", "VOLUME /x", "EXPOSE 80", "USER", "SHELL [",
        "# c", "# escape=`", "# check=skip=all", "# syntax=x", "E", "F", "\tE", "\n", "\n", "\n", "\r\n", "\n\n", " ", "\t", "\\\n", "\\ \n", "`\n", "\\", "\"", "'",
        "$", "${", "}", "[", "]", "=", "--", "<<", "--mount=type=bind,from=x", "--mount=type=cache,target=$x ", "--chown=", "\uFEFF", "\u00A0", "\u00FC",
        "\U0001F600", "\0", "{\"a\":1}", "\\ud800", "1e999", "#", "FROM a\n");

    public IReadOnlyList<byte[]> Samples { get; } = Inputs.Of(
        "# syntax=docker/dockerfile:1\n# escape=\\\nARG v=12\nFROM --platform=linux/amd64 debian:${v} AS build\nWORKDIR /src\nCOPY --chown=1:1 --exclude=*.md . .\n"
        + "RUN --mount=type=cache,target=/c,sharing=locked --network=none make \\\n    # comment\n\n    all\n\nFROM scratch\nCOPY --from=build /src/out /out\nCMD [\"/out\", \"-v\"]\n",
        "FROM a\nRUN <<EOF cat > /x && cat <<-'B C'\n$x\nEOF\n\ty\n\tB C\nCOPY <<a <<\"b\" /d/\n1\na\n2\nb\nONBUILD COPY <<E /x\nz\nE\n",
        "from a as B\nenv A=\"x y\" C=d\\ e\nEnv k v w\nlabel \"a b\"='c'\nexpose 80/tcp 81-90/udp\nvolume [\"/a\", \"/b\"]\nstopsignal 9\nuser a:b\nhealthcheck --retries=3 cmd x\n"
        + "shell [\"/bin/sh\"]\nmaintainer me\nadd --checksum=sha256:0 http://x/y /z\nentrypoint [\"\\u0041\\ud83d\\ude00\"]\n",
        "# escape=`\r\nFROM a\r\nRUN a `\r\n  b\r\nCOPY c:\\x `\r\n d\r\n",
        "FROM a\nONBUILD ONBUILD ONBUILD RUN x\n", "FROM a\nFOO\nBAR\nENV\nRUN [1]\nCOPY a\nEXPOSE\n");

    public void Read(byte[] input)
    {
        string text = Inputs.Text(input);
        try
        {
            DockerfileDocument document = DockerfileParser.Parse(new SourceText("Dockerfile", text));
            foreach (Instruction instruction in document.GlobalArgs.Concat(document.Stages.SelectMany(stage => stage.Instructions.Prepend<Instruction>(stage.From))))
                Check(instruction, document);
        }
        catch (BuildException error)
        {
            foreach (Diagnostic diagnostic in error.Further.Prepend(error.Diagnostic))
                FuzzException.Require(
                    diagnostic.Span is { } span && span.Start >= 0 && span.End <= text.Length && span.Line >= 1 && span.Column >= 1, "an error has no place");
        }
    }

    private static void Check(Instruction instruction, DockerfileDocument document)
    {
        foreach (Word word in instruction.Origin.Words)
            FuzzException.Require(
                word.Span.Start >= instruction.Span.Start && word.Span.End <= instruction.Span.End, $"`{word.Text}` lies outside of its instruction");
        if (instruction is OnbuildInstruction onbuild)
            Ignore(() => DockerfileParser.ParseTrigger(onbuild.Trigger, document.Stages[0].From.Span));
        if (instruction is RunInstruction run)
            foreach (RunMount mount in run.Mounts)
                Ignore(() => RunMountParser.Parse(mount.Csv, static value => value, mount.Span));
    }

    private static void Ignore(Func<object> read)
    {
        try
        {
            read();
        }
        catch (BuildException)
        {
            // Refused, as it may be.
        }
    }
}
