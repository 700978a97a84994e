// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <content>`HEALTHCHECK`.</content>
internal static partial class InstructionParser
{
    private static HealthcheckInstruction ParseHealthcheck(RawInstruction raw, InstructionOrigin origin)
    {
        string[] words = [.. raw.Arguments.Values];
        if (words is not [string type, .. string[] command])
            throw DiagnosticRules.MissingArguments.Error("HEALTHCHECK requires at least one argument", raw.WordSpan, FormOf(raw));

        // The flags of HEALTHCHECK NONE are not even looked at.
        if (type.Equals("NONE", StringComparison.OrdinalIgnoreCase))
            return command.Length == 0 ? new HealthcheckInstruction(origin, ["NONE"], HealthcheckTiming.Default)
                : throw DiagnosticRules.InvalidHealthcheck.Error("HEALTHCHECK NONE takes no arguments", raw.Arguments.Words[1].Span, "remove what stands behind `NONE`");

        var flags = new FlagReader(raw);
        if (!type.Equals("CMD", StringComparison.OrdinalIgnoreCase))
            throw DiagnosticRules.InvalidHealthcheck.Error(
                $"Unknown type \"{type.ToUpperInvariant()}\" in HEALTHCHECK (try CMD)", raw.Arguments.Words[0].Span);
        if (command.Length == 0)
            throw DiagnosticRules.InvalidHealthcheck.Error("Missing command after HEALTHCHECK CMD", raw.Arguments.Span);
        return new HealthcheckInstruction(origin, [raw.Arguments.IsJson ? "CMD" : "CMD-SHELL", .. command], TimingOf(flags));
    }

    private static HealthcheckTiming TimingOf(FlagReader flags) => new(
        Duration(flags.Find("interval")),
        Duration(flags.Find("timeout")),
        Duration(flags.Find("start-period")),
        Duration(flags.Find("start-interval")),
        Retries(flags.Find("retries")));

    private static long Duration(BuilderFlag? flag)
    {
        if (flag?.Value is null or "")
            return 0;
        if (GoDuration.Parse(flag.Value) is not { } nanoseconds)
            throw DiagnosticRules.InvalidDuration.Error($"invalid duration \"{flag.Value}\" on flag: --{flag.Name}", flag.ValueSpan);
        return nanoseconds is 0 or >= GoDuration.Millisecond ? nanoseconds
            : throw DiagnosticRules.InvalidDuration.Error($"Interval \"{flag.Name}\" cannot be less than 1ms", flag.ValueSpan);
    }

    private static int Retries(BuilderFlag? flag)
    {
        if (flag?.Value is null or "")
            return 0;
        int retries = GoValue.ParseInteger(flag.Value)
            ?? throw DiagnosticRules.InvalidRetries.Error($"invalid value \"{flag.Value}\" on flag: --retries", flag.ValueSpan);
        return retries >= 0 ? retries
            : throw DiagnosticRules.InvalidRetries.Error($"--retries cannot be negative ({retries})", flag.ValueSpan);
    }
}
