// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class ParseErrorTests
{
    [Theory]
    [InlineData("", "KILN1001", "the Dockerfile cannot be empty")]
    [InlineData("# c\n\n", "KILN1002", "file with no instructions")]
    [InlineData("ARG a=1\n", "KILN1009", "dockerfile contains no stages to build")]
    [InlineData("ARG a=1\nRUN x\nFROM a", "KILN1008", "no build stage in current context")]
    [InlineData("# escape=^\nFROM a", "KILN1005", "invalid escape token '^' does not match ` or \\")]
    [InlineData("# escape=\\\n# Escape=`\nFROM a", "KILN1004", "only one escape parser directive can be used")]
    [InlineData("# check=foo\nFROM a", "KILN1006", "failed to parse check options: invalid check option \"foo\"")]
    [InlineData("# check=error=maybe\nFROM a", "KILN1006", "failed to parse check options: failed to parse check option \"error=maybe\"")]
    [InlineData("FROM", "KILN1015", "FROM requires either one or three arguments")]
    [InlineData("FROM a b", "KILN1015", "FROM requires either one or three arguments")]
    [InlineData("FROM a is b", "KILN1015", "FROM requires either one or three arguments")]
    [InlineData("FROM a AS 1b", "KILN1016", "invalid name for build stage: \"1b\", name can't start with a number or contain symbols")]
    [InlineData("FROM --platfrom=x a", "KILN1010", "unknown flag: --platfrom (did you mean platform?)")]
    public void A_Dockerfile_is_refused(string text, string code, string message)
    {
        Diagnostic error = Source.Error(text);

        Assert.Equal((code, message), (error.Rule.Code, error.Message));
    }

    [Theory]
    [InlineData("FOO bar", "KILN1007", "unknown instruction: FOO (did you mean FROM?)")]
    [InlineData("coppy a b", "KILN1007", "unknown instruction: coppy (did you mean copy?)")]
    [InlineData("RUN[\"a\"]", "KILN1007", "unknown instruction: RUN[\"a\"]")]
    [InlineData("RUN [\"a\",1]", "KILN1017", "when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("RUN [[\"a\"]]", "KILN1017", "when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("RUN [null]", "KILN1017", "when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("ENV a=1 b", "KILN1018", "Syntax error - can't find = in \"b\". Must be of the form: name=value")]
    [InlineData("ENV a\u00A0b=c", "KILN1014", "ENV must have two arguments")]
    [InlineData("LABEL a", "KILN1014", "LABEL must have two arguments")]
    [InlineData("ENV", "KILN1014", "ENV requires at least one argument")]
    [InlineData("LABEL", "KILN1014", "LABEL requires at least one argument")]
    [InlineData("ARG", "KILN1014", "ARG requires at least one argument")]
    [InlineData("EXPOSE", "KILN1014", "EXPOSE requires at least one argument")]
    [InlineData("VOLUME []", "KILN1014", "VOLUME requires at least one argument")]
    [InlineData("ONBUILD", "KILN1014", "ONBUILD requires at least one argument")]
    [InlineData("HEALTHCHECK", "KILN1014", "HEALTHCHECK requires at least one argument")]
    [InlineData("WORKDIR", "KILN1014", "WORKDIR requires exactly one argument")]
    [InlineData("STOPSIGNAL", "KILN1014", "STOPSIGNAL requires exactly one argument")]
    [InlineData("ENV =x", "KILN1019", "ENV names can not be blank")]
    [InlineData("LABEL a=b =x", "KILN1019", "LABEL names can not be blank")]
    [InlineData("ARG =x", "KILN1019", "ARG names can not be blank")]
    [InlineData("SHELL []", "KILN1014", "SHELL requires at least one argument")]
    [InlineData("SHELL x", "KILN1020", "SHELL requires the arguments to be in JSON form")]
    [InlineData("VOLUME [\" \"]", "KILN1028", "VOLUME specified can not be an empty string")]
    [InlineData("COPY a", "KILN1014", "COPY requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("ADD []", "KILN1014", "ADD requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("COPY --chwon=1 a b", "KILN1010", "unknown flag: --chwon (did you mean chown?)")]
    [InlineData("COPY --checksum=1 a b", "KILN1010", "unknown flag: --checksum")]
    [InlineData("COPY --chown=1 --chown=2 a b", "KILN1011", "duplicate flag specified: --chown")]
    [InlineData("COPY --chown a b", "KILN1012", "missing a value on flag: --chown")]
    [InlineData("COPY --link= a b", "KILN1012", "missing a value on flag: --link")]
    [InlineData("COPY --link=1 a b", "KILN1013", "expecting boolean value for flag --link, not: 1")]
    [InlineData("CMD --x a", "KILN1010", "unknown flag: --x")]
    [InlineData("RUN --network=some x", "KILN1013", "invalid network mode \"some\"")]
    [InlineData("RUN --security=none x", "KILN1013", "security \"none\" is not valid")]
    [InlineData("RUN --mount=type=bind,from=$x x", "KILN1045", "'from' doesn't support variable expansion, define alias stage instead")]
    [InlineData("COPY a <<E\nx\nE", "KILN1022", "COPY cannot accept a heredoc as a destination")]
    [InlineData("RUN <<E\nx\nE \n", "KILN1021", "unterminated heredoc")]
    [InlineData("HEALTHCHECK NONE x", "KILN1023", "HEALTHCHECK NONE takes no arguments")]
    [InlineData("HEALTHCHECK CMD", "KILN1023", "Missing command after HEALTHCHECK CMD")]
    [InlineData("HEALTHCHECK CMD []", "KILN1023", "Missing command after HEALTHCHECK CMD")]
    [InlineData("HEALTHCHECK curl x", "KILN1023", "Unknown type \"CURL\" in HEALTHCHECK (try CMD)")]
    [InlineData("HEALTHCHECK --timeout=1us CMD x", "KILN1024", "Interval \"timeout\" cannot be less than 1ms")]
    [InlineData("HEALTHCHECK --interval=-1s CMD x", "KILN1024", "Interval \"interval\" cannot be less than 1ms")]
    [InlineData("HEALTHCHECK --interval=5parsecs CMD x", "KILN1024", "invalid duration \"5parsecs\" on flag: --interval")]
    [InlineData("HEALTHCHECK --retries=-1 CMD x", "KILN1025", "--retries cannot be negative (-1)")]
    [InlineData("HEALTHCHECK --retries=x CMD x", "KILN1025", "invalid value \"x\" on flag: --retries")]
    [InlineData("ONBUILD ONBUILD RUN x", "KILN1026", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("ONBUILD from x", "KILN1026", "FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("ONBUILD ENV a=1 b", "KILN1018", "Syntax error - can't find = in \"b\". Must be of the form: name=value")]
    public void An_instruction_is_refused_on_its_line(string text, string code, string message)
    {
        Diagnostic error = Source.ErrorBelowFrom(text);

        Assert.Equal((code, message, 2), (error.Rule.Code, error.Message, error.Span?.Line));
    }

    [Fact]
    public void What_cannot_be_cut_up_is_reported_before_an_instruction_above_it() =>
        Assert.Equal(DiagnosticRules.MissingEqualsSign, Source.ErrorBelowFrom("FOO\nENV a=1 b").Rule);

    [Theory]
    [InlineData("COPY --chwon=1 a", "KILN1014")]
    [InlineData("WORKDIR --x", "KILN1014")]
    [InlineData("ENV --x=y", "KILN1010")]
    [InlineData("SHELL --x", "KILN1010")]
    public void Some_instructions_count_arguments_first_and_some_check_flags_first(string text, string code) =>
        Assert.Equal(code, Source.ErrorBelowFrom(text).Rule.Code);

    [Fact]
    public void An_escape_directive_behind_a_shebang_has_no_effect() =>
        Assert.Equal("unknown instruction: y", Source.Error("#!/x\n# escape=`\nFROM a\nRUN x `\n y").Message);

    [Fact]
    public void A_flag_is_pointed_at()
    {
        SourceSpan span = Assert.NotNull(Source.ErrorBelowFrom("COPY --link \\\n  --chwon=1 a b").Span);

        Assert.Equal(("--chwon", 3, 3), (span.Text, span.Line, span.Column));
    }

    [Theory]
    [InlineData(65535, false)]
    [InlineData(65536, true)]
    public void A_physical_line_has_a_greatest_length(int length, bool refused)
    {
        string line = "RUN " + new string('a', length - 4);

        if (refused)
            Assert.Equal("dockerfile line greater than max allowed size of 65535", Source.ErrorBelowFrom(line + "\n").Message);
        else
            Assert.Single(Source.Instructions(line + "\n"));
    }

    [Fact]
    public void The_lines_of_heredocs_are_limited_too() =>
        Assert.Equal(DiagnosticRules.LineTooLong, Source.ErrorBelowFrom($"RUN <<E\n{new string('\u00E9', 40_000)}\nE").Rule);

    [Fact]
    public void Every_rule_has_a_code_of_its_own()
    {
        string[] codes = [.. typeof(DiagnosticRules).GetFields().Select(field => ((DiagnosticRule)field.GetValue(null)!).Code)];

        Assert.Distinct(codes);
    }
}
