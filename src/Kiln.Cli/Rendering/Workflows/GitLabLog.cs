// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Workflows;

/// <summary>The sections of GitLab's job logs (GitLab's documentation, "Custom collapsible sections"): a name, of no other section of the log, and the times.</summary>
internal sealed class GitLabLog : IWorkflowLog
{
    private int _count;

    public bool ReadsBothStreams => true;

    public string Open(string title, DateTimeOffset now) => Marker("start", now, ++_count) + title + "\n";

    public string Close(DateTimeOffset now) => Marker("end", now, _count) + "\n";

    public string BeforeOutput() => "";

    public string AfterOutput() => "";

    public string Annotate(bool isError, string title, string message, SourceSpan? span) => "";

    public string Neutral(string text) => text;

    private static string Marker(string what, DateTimeOffset now, int number) =>
        $"\e[0Ksection_{what}:{now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}:kiln_step_{number}\r\e[0K";
}
