// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>A place in a pattern, waiting for a character.</summary>
internal readonly record struct GlobState(GlobStateKind Kind, Rune Literal = default, CharacterClass? Class = null)
{
    /// <summary>Whether the character leads to the next place.</summary>
    public bool Advances(Rune rune) => Kind switch
    {
        GlobStateKind.Literal => rune == Literal,
        GlobStateKind.AnyOne => rune.Value != '/',
        GlobStateKind.Class => Class!.Contains(rune),
        GlobStateKind.InDirectories => rune.Value == '/',
        _ => false,
    };

    /// <summary>Whether the pattern can stay at this place with the character.</summary>
    public bool Stays(Rune rune) => Kind switch
    {
        GlobStateKind.AnyRun => rune.Value != '/',
        GlobStateKind.ClassRun => Class!.Contains(rune),
        // `.` of a regular expression is no line feed.
        GlobStateKind.Anything or GlobStateKind.InDirectories => rune.Value != '\n',
        _ => false,
    };
}
