// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds;

/// <summary>A token for a cloud's services, where it came from, and when it ends. A class, not a record: a record's text would show the token.</summary>
public sealed class CloudToken(string text, DateTimeOffset end, string place)
{
    public string Text { get; } = text;

    public DateTimeOffset End { get; } = end;

    /// <summary>For people: "the metadata server".</summary>
    public string Place { get; } = place;
}
