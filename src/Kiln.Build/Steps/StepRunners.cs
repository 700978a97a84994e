// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>Carries out a step of any kind. Whatever goes wrong in one stands at its instruction.</summary>
internal sealed class StepRunners(CopyStepRunner copies, WorkdirStepRunner workdirs, RunStepRunner? runs)
{
    internal async Task<StackLayer> RunAsync(BuildStep step, StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await (step switch
            {
                CopyStep copy => copies.RunAsync(copy, context, cancellationToken),
                WorkdirStep workdir => workdirs.RunAsync(workdir, context, cancellationToken),
                RunStep run when runs is not null => runs.RunAsync(run, context, cancellationToken),
                RunStep => throw DiagnosticRules.NoSandbox.Error("`RUN` cannot be isolated from the builder here, so it is not run", step.Span),
                _ => throw new UnreachableException(),
            });
        }
        catch (BuildException e) when (e.Diagnostic.Span is null)
        {
            throw new BuildException(e.Diagnostic with { Span = step.Span }, e) { ExitStatus = e.ExitStatus };
        }
        catch (ErrnoException e) when (e.Error is Errno.ENOSPC or Errno.EDQUOT)
        {
            throw DiagnosticRules.DiskFailed.Error($"there is no space left in the root directory: {e.Message}", step.Span, inner: e);
        }
        catch (TarException e)
        {
            throw DiagnosticRules.SourceUnreadable.Error(e.Message, step.Span, inner: e);
        }
        catch (IOException e) when (e is not ErrnoException)
        {
            throw DiagnosticRules.DiskFailed.Error($"the root directory's disk fails: {e.Message}", step.Span, inner: e);
        }
    }
}
