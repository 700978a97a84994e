// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Syntax;

/// <summary>What the comments at the very top of a Dockerfile say to its parser.</summary>
public sealed record ParserDirectives
{
    /// <summary>The character that continues lines and makes the next one literal: a backslash or a backtick.</summary>
    public char Escape { get; init; } = '\\';

    /// <summary>The frontend that the file asks for. It is recorded and has no effect.</summary>
    public string? Syntax { get; init; }

    /// <summary>Which lint rules are skipped.</summary>
    public CheckOptions? Check { get; init; }

    /// <summary>A comment that ended the directives and looks as if it were meant to be one of them.</summary>
    public MisspeltDirective? Misspelt { get; init; }
}
