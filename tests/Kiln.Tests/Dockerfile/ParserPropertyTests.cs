// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Ignore;
using Kiln.Dockerfile.Instructions;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class ParserPropertyTests
{
    /// <summary>What Dockerfiles are made of, and what breaks them.</summary>
    private static readonly string[] Pieces =
    [
        "FROM a", "FROM a AS b", "ARG a=b", "ENV a=b c=d", "ENV a b", "RUN x", "RUN <<E", "RUN cat <<-E <<F", "COPY <<E /x", "COPY a b",
        "ADD --link a b", "CMD [\"a\"]", "HEALTHCHECK --interval=1s CMD x", "ONBUILD RUN <<E", "VOLUME /x", "EXPOSE 80", "# c", "# escape=`",
        "E", "F", "\tE", "\n", "\r\n", "\n\n", " ", "\t", "\\\n", "\\ \n", "`\n", "\\", "\"", "'", "$", "${", "}", "[", "]", "=", "--", "<<",
        "--mount=type=bind,from=x", "\uFEFF", "\u00A0", "\u00FC", "\uD83D\uDE00", "\uD800", "\0", "{\"a\":1}", "\\ud800",
    ];

    /// <summary>Lines that every Dockerfile may hold, one or more to a piece.</summary>
    private static readonly string[] Lines =
    [
        "RUN a \\\n  b", "RUN a \\\n# c\n\n && b\\ \t\n", "  RUN [\"a\", \"b\"]  ", "\\\nRUN x", "RUN <<E\n# x\nE", "RUN cat <<-E <<'F G'\n\tx\n\tE\n\nF G",
        "COPY --link --chown=\u00FC <<E a /x\n\uD83D\uDE00\nE", "COPY --from=b \\\n --chmod=1 \\\n a b", "ENV a=\"b c\" \\\n  d=e", "ENV a  b", "LABEL \u00FC='x'",
        "ARG a b=c", "CMD", "ENTRYPOINT [\"\uD83D\uDE00\"]", "ONBUILD RUN <<E\nx\nE", "EXPOSE 80 \\\n\n81", "HEALTHCHECK NONE", "VOLUME [\"/x\"]",
        "FROM b AS c", "# c", "   # c \\", "", " \t", "\u00A0",
    ];

    private static readonly Gen<string> Texts = Gen.Elements(Pieces).ArrayOf().Select(string.Concat);

    private static readonly Gen<string> Files =
        from lines in Gen.Elements(Lines).ArrayOf()
        from lineEnd in Gen.Elements("\n", "\r\n")
        select "FROM a\n" + string.Join('\n', lines).Replace("\n", lineEnd, StringComparison.Ordinal);

    private static readonly Gen<string> MutatedFiles =
        from file in Files
        from piece in Gen.Elements(Pieces)
        from start in Gen.Choose(0, file.Length)
        from removed in Gen.Choose(0, Math.Min(3, file.Length - start))
        select file[..start] + piece + file[(start + removed)..];

    [Fact]
    public void Any_bytes_are_parsed_or_refused_with_a_diagnostic() =>
        Check(ArbMap.Default.ArbFor<byte[]>(), bytes => Parse(System.Text.Encoding.UTF8.GetString(bytes ?? [])) is not null || true);

    [Fact]
    public void Any_text_is_parsed_or_refused_with_a_diagnostic()
    {
        Check(Arb.From(Gen.OneOf(Texts, Files, MutatedFiles)), text => Parse(text) is not null || true);
        Check(ArbMap.Default.ArbFor<string>(), text => Parse(text ?? "") is not null || true);
    }

    [Fact]
    public void Lines_that_may_stand_anywhere_are_never_refused() => Check(Arb.From(Files), text => Parse(text) is not null);

    [Fact]
    public void Spans_are_ordered_and_leave_only_comments_and_blanks() => Check(Arb.From(Gen.OneOf(Texts, Files, MutatedFiles)), text =>
    {
        if (Parse(text) is not { } document)
            return true;
        int position = 0;
        string left = "";
        foreach (SourceSpan span in SpansOf(document))
        {
            if (span.Start < position || span.End > text.Length)
                return false;
            left += text[position..span.Start];
            position = span.End;
        }
        left += text[position..];
        return left.Split('\n').All(line => line.Trim().TrimStart('\uFEFF').Trim() is "" or ['#', ..]);
    });

    [Fact]
    public void The_parts_of_an_instruction_lie_in_it_in_their_order() => Check(Arb.From(Gen.OneOf(Texts, Files, MutatedFiles)), text =>
        Parse(text) is not { } document || InstructionsOf(document).All(instruction =>
        {
            InstructionOrigin origin = instruction.Origin;
            return instruction.Span.Start <= origin.WordSpan.Start && origin.WordSpan.End <= origin.ArgumentsSpan.Start
                && origin.ArgumentsSpan.End <= instruction.Span.End;
        }));

    [Fact]
    public void Every_word_stands_where_its_span_says() => Check(Arb.From(Gen.OneOf(Texts, Files, MutatedFiles)), text =>
        Parse(text) is not { } document || InstructionsOf(document).All(instruction => instruction.Origin.Words.All(word =>
        {
            string written = word.Span.Text;
            bool isInside = instruction.Span.Start <= word.Span.Start && word.Span.End <= instruction.Span.End;
            // Over several lines, in JSON, in a quoted flag or with tabs that a heredoc takes away, a word is not what is written.
            bool isChanged = written.Contains('\n') || written.StartsWith('"') || written.StartsWith("--", StringComparison.Ordinal) || word.Text.EndsWith('\n');
            return isInside && (isChanged || written.TrimEnd('\\', '`') == word.Text.TrimEnd('\\', '`'));
        })));

    [Fact]
    public void A_tree_that_is_passed_over_has_no_path_that_is_not_ignored()
    {
        Gen<string> pattern = Gen.Elements("a", "b", "/", "*", "**", "?", "!", "[a-b]", "^").ArrayOf().Select(string.Concat);
        Gen<string> path = Gen.Elements("a", "b", "ab", "ba").NonEmptyListOf().Select(parts => string.Join('/', parts));
        var cases =
            from patterns in pattern.ArrayOf()
            from directory in path
            from below in path
            select (patterns, directory, below);

        Check(Arb.From(cases), x =>
        {
            var matcher = new IgnoreMatcher([.. x.patterns.Select(Compile).OfType<IgnorePattern>()]);
            byte[] directory = [.. x.directory.Select(c => (byte)c)], path = [.. directory, (byte)'/', .. x.below.Select(c => (byte)c)];
            return !matcher.IgnoresTree(directory) || matcher.Ignores(path);
        });
    }

    private static void Check<T>(Arbitrary<T> values, Func<T, bool> property) =>
        FsCheck.Fluent.Prop.ForAll(values, property).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static DockerfileDocument? Parse(string text)
    {
        try
        {
            return DockerfileParser.Parse(new SourceText("Dockerfile", text));
        }
        catch (BuildException error)
        {
            Assert.NotEmpty(error.Message);
            Assert.NotNull(error.Diagnostic.Span);
            return null;
        }
    }

    private static IgnorePattern? Compile(string text)
    {
        try
        {
            return IgnorePattern.Parse(text, span: null);
        }
        catch (BuildException)
        {
            return null;
        }
    }

    private static IEnumerable<Instruction> InstructionsOf(DockerfileDocument document) =>
        [.. document.GlobalArgs, .. document.Stages.SelectMany(stage => stage.Instructions.Prepend(stage.From))];

    private static IEnumerable<SourceSpan> SpansOf(DockerfileDocument document) =>
        InstructionsOf(document).Select(instruction => instruction.Span);
}
