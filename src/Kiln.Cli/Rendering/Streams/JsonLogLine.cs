// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Streams;

/// <summary>A line of `--log-format json`: logrus's three words, and what else is known.</summary>
internal sealed record JsonLogLine(string Level, string Msg, string Time)
{
    public string? Stage { get; init; }

    /// <summary>A step's place in its stage.</summary>
    public int? Step { get; init; }

    /// <summary>`stdout` or `stderr`, of what a step printed.</summary>
    public string? Stream { get; init; }

    public string? File { get; init; }

    public int? Line { get; init; }

    /// <summary>Of an error or a build check.</summary>
    public string? Code { get; init; }

    public string? Hint { get; init; }

    /// <summary>The image's, once it is somewhere.</summary>
    public string? Digest { get; init; }
}
