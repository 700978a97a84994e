// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Streams;

/// <summary>Where in a file something is, from 1.</summary>
internal sealed record JsonPlace(string File, int Line, int Column, int LastLine)
{
    internal static JsonPlace? Of(SourceSpan? span) => span is { } where ? new JsonPlace(where.Source.Name, where.Line, where.Column, where.LastLine) : null;
}
