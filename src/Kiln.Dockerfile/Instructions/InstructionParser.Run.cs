// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <content>`RUN`.</content>
internal static partial class InstructionParser
{
    private static readonly string[] Networks = ["default", "none", "host"];
    private static readonly string[] Securities = ["sandbox", "insecure"];

    private static RunInstruction ParseRun(RawInstruction raw, InstructionOrigin origin)
    {
        var flags = new FlagReader(raw);
        return new RunInstruction(origin, CommandOf(raw.Arguments))
        {
            Heredocs = raw.Heredocs,
            Mounts = [.. flags.All("mount").Select(flag => new RunMount(flag.Value!, RunMountParser.FindFrom(flag.Value!, flag.Span), flag.Span))],
            Network = NetworkOf(flags.Find("network")),
            Security = SecurityOf(flags.Find("security")),
            Devices = [.. flags.All("device").Select(flag => flag.Value!)],
        };
    }

    private static RunNetwork NetworkOf(BuilderFlag? flag) => flag?.Value switch
    {
        null or "default" => RunNetwork.Default,
        "none" => RunNetwork.None,
        "host" => RunNetwork.Host,
        string value => throw DiagnosticRules.InvalidFlagValue.Error(
            $"invalid network mode \"{value}\"", flag!.ValueSpan, Choice(value, Networks)),
    };

    private static RunSecurity SecurityOf(BuilderFlag? flag) => flag?.Value switch
    {
        null or "sandbox" => RunSecurity.Sandbox,
        "insecure" => RunSecurity.Insecure,
        string value => throw DiagnosticRules.InvalidFlagValue.Error(
            $"security \"{value}\" is not valid", flag!.ValueSpan, Choice(value, Securities)),
    };

    private static string Choice(string written, string[] known) =>
        Suggestion.Closest(written, known) is { } meant ? $"write `{meant}`" : $"write {string.Join(" or ", known.Select(name => $"`{name}`"))}";
}
