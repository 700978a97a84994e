// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Workflows;

/// <summary>What a CI system makes of some lines of a log beyond showing them. All texts are to be written at the beginning of a line, and end with one; they may be empty.</summary>
internal interface IWorkflowLog
{
    /// <summary>Both streams are read as one, and by several readers, so that only one of them keeps an order.</summary>
    bool ReadsBothStreams { get; }

    /// <summary>Begins what can be folded; there is one at a time.</summary>
    /// <param name="title">Its first line, which stays visible.</param>
    /// <param name="now">The time.</param>
    string Open(string title, DateTimeOffset now);

    /// <summary>Ends what can be folded.</summary>
    string Close(DateTimeOffset now);

    /// <summary>Before what a step prints, which nobody may believe.</summary>
    string BeforeOutput();

    /// <summary>At the latest before the program ends.</summary>
    string AfterOutput();

    /// <summary>Shows a message beside the line of the file that it is about.</summary>
    string Annotate(bool isError, string title, string message, SourceSpan? span);

    /// <summary>What the program says itself, made harmless where it quotes others.</summary>
    string Neutral(string text);
}
