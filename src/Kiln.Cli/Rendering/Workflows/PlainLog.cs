// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Workflows;

/// <summary>A log that is only read.</summary>
internal sealed class PlainLog : IWorkflowLog
{
    public bool ReadsBothStreams => false;

    public string Open(string title, DateTimeOffset now) => title + "\n";

    public string Close(DateTimeOffset now) => "";

    public string BeforeOutput() => "";

    public string AfterOutput() => "";

    public string Annotate(bool isError, string title, string message, SourceSpan? span) => "";

    public string Neutral(string text) => text;
}
