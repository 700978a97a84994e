// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>What the steps printed that are under way.</summary>
internal sealed class Transcripts
{
    private readonly Dictionary<(string Stage, int Step), StepTranscript> _open = [];

    internal void Add(StepOutput output)
    {
        if (!_open.TryGetValue((output.Stage, output.Number), out StepTranscript? transcript))
            _open[(output.Stage, output.Number)] = transcript = new StepTranscript();
        transcript.Add(output.Bytes);
    }

    /// <summary>All that a step printed, which is over now; null where it printed nothing.</summary>
    internal byte[]? End(StepEnded step)
    {
        if (!_open.Remove((step.Stage, step.Number), out StepTranscript? transcript))
            return null;
        string left = transcript.Dropped == 0 ? "" : $"[the first {ByteCount.Format(transcript.Dropped)} are left out]\n";
        return [.. Encoding.ASCII.GetBytes(left), .. transcript.Read()];
    }
}
