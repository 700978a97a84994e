// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Rendering;
using Kiln.Linux.Terminals;

namespace Kiln.Cli.Start;

/// <summary>What the program writes to, and who reads it: read once, as it starts.</summary>
/// <param name="Output">The standard output.</param>
/// <param name="Error">The error stream.</param>
/// <param name="OutputIsTerminal">Whether a person looks at the one.</param>
/// <param name="ErrorIsTerminal">Whether a person looks at the other.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Directory">The working directory.</param>
internal sealed record Surface(
    Func<Stream> Output, Func<Stream> Error, bool OutputIsTerminal, bool ErrorIsTerminal, IReadOnlyDictionary<string, string> Environment, string Directory)
{
    /// <summary>How large the terminal is; null where there is none.</summary>
    internal Func<TerminalSize?> Size { get; init; } = TerminalSize.OfStandardError;

    internal static Surface OfThisProcess(IReadOnlyDictionary<string, string> environment) => new(
        Console.OpenStandardOutput, Console.OpenStandardError, !Console.IsOutputRedirected, !Console.IsErrorRedirected, environment, System.Environment.CurrentDirectory);

    /// <summary>https://no-color.org: present and not empty.</summary>
    internal bool AllowsColours => !Has("NO_COLOR");

    internal Style OutputStyle => new(colour: OutputIsTerminal && AllowsColours);

    internal Style ErrorStyle => new(colour: ErrorIsTerminal && AllowsColours);

    /// <summary>Whether a terminal may be drawn on where nobody asked for it: not if its kind cannot, and not where it is a CI system's that shows it as a file later.</summary>
    internal bool IsLively => OutputIsTerminal && ErrorIsTerminal && AllowsColours && !Has("CI") && Environment.GetValueOrDefault("TERM") is not (null or "" or "dumb");

    /// <summary>Whether a variable is there and is not empty.</summary>
    internal bool Has(string variable) => Environment.GetValueOrDefault(variable) is { Length: > 0 };
}
