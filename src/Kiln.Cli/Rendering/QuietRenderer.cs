// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>Says nothing of a build that goes well but the image's digest, on the standard output; of one that fails what the step printed that failed, and why.</summary>
internal sealed class QuietRenderer(Stream output, IRenderer errors) : IRenderer, IBuildEventVisitor
{
    private readonly Lock _lock = new();
    private readonly Transcripts _transcripts = new();

    public void Show(BuildEvent happened)
    {
        lock (_lock)
            happened.Accept(this);
    }

    public void Fail(IReadOnlyList<Diagnostic> diagnostics) => errors.Fail(diagnostics);

    public void Dispose() => errors.Dispose();

    public void Visit(StageStarted stage)
    {
    }

    public void Visit(StageEnded stage)
    {
    }

    public void Visit(StepStarted step)
    {
    }

    public void Visit(StepEnded step)
    {
        if (_transcripts.End(step) is { } printed && step.Outcome == StepOutcome.Failed)
            errors.Show(new StepOutput(step.Stage, step.Number, IsError: true, printed));
    }

    public void Visit(StepOutput output) => _transcripts.Add(output);

    public void Visit(Progress progress)
    {
    }

    public void Visit(Notice notice)
    {
    }

    public void Visit(CheckFailed check)
    {
    }

    public void Visit(TransfersMoved transfers)
    {
    }

    public void Visit(BuildEnded build)
    {
        output.Write(Encoding.ASCII.GetBytes(build.Digest + "\n"));
        output.Flush();
    }

    public void Visit(ImagePublished image)
    {
    }
}
