// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Roots;
using Kiln.Sandbox.Stage;

namespace Kiln.Sandbox;

/// <summary>
/// Finds out what this machine permits, by doing it: a child goes all the way of a real step on the actual root directory, up to the execution of a file
/// that is empty, which the kernel refuses with ENOEXEC once everything before it has worked.
/// </summary>
public sealed class IsolationLadder(SandboxOptions options)
{
    /// <summary>The highest rung that works and is wanted. A <see cref="BuildException"/> where the one that was asked for does not.</summary>
    public Task<ChosenIsolation> ClimbAsync(CancellationToken cancellationToken) => StepThread.RunAsync(() => Climb(cancellationToken));

    private ChosenIsolation Climb(CancellationToken cancellationToken)
    {
        if (options.Isolation == RequestedIsolation.None)
            return new(IsolationRung.None, Overlay: false, "`RUN` was switched off", Sandbox: null);
        if (Probe(overlay: true, cancellationToken) is not { } whyNoOverlay)
            return new(IsolationRung.Namespaces, Overlay: true, WhyNotBetter: null, new NamespaceSandbox(options, overlay: true));
        if (Probe(overlay: false, cancellationToken) is not { } whyNot)
            return new(IsolationRung.Namespaces, Overlay: false, $"no overlay on {options.RootDirectory}: {whyNoOverlay}", new NamespaceSandbox(options, overlay: false));
        return options.Isolation == RequestedIsolation.Auto
            ? new(IsolationRung.None, Overlay: false, $"namespaces are refused: {whyNot}", Sandbox: null)
            : throw DiagnosticRules.IsolationUnavailable.Error($"namespaces are refused here: {whyNot}");
    }

    /// <summary>Null where it works, otherwise what was refused.</summary>
    private string? Probe(bool overlay, CancellationToken cancellationToken)
    {
        using var scratch = ScratchDirectory.Create(options.RootDirectory);
        string Make(string name) => Directory.CreateDirectory($"{scratch.Path}/{name}").FullName;
        string tree = Make("tree");
        using (var directory = DirectoryHandle.Open(tree))
            directory.CreateFile(UnixPath.Clean("probe"), 0x1ED).Dispose(); // 0755
        var request = new RunRequest
        {
            Root = overlay ? new OverlayRoot([tree], Make("upper"), Make("work")) : new MergedRoot(tree),
            Arguments = ["/probe"],
        };
        try
        {
            StepOutcome outcome = new NamespaceSandbox(options, overlay).Execute(new StageRequest(request, Scratch: null), static (_, _) => { }, cancellationToken);
            return outcome.Report?.Failure switch
            {
                { Kind: FailureKind.Program, Error: Errno.ENOEXEC } => null,
                { } failure => failure.Message,
                null => $"the second stage ended with status {outcome.Exit.ShellStatus}",
            };
        }
        catch (ErrnoException e)
        {
            return e.Message;
        }
    }
}
