// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Doctor;
using Kiln.Sandbox.Roots;
using Kiln.Sandbox.Stage;

namespace Kiln.Sandbox;

/// <summary>
/// Finds out what this machine permits, by doing it: a child goes all the way of a real step on the actual root directory, up to the execution of a file
/// that is empty, which the kernel refuses with ENOEXEC once everything before it has worked.
/// </summary>
public sealed class IsolationLadder(SandboxOptions options)
{
    private readonly Lazy<bool> _mayTrace = new(TracedThread.IsPermitted);

    /// <summary>The highest rung that works and is wanted. A <see cref="BuildException"/> where the one that was asked for does not.</summary>
    public Task<ChosenIsolation> ClimbAsync(CancellationToken cancellationToken) => StepThread.RunAsync(() => Climb(cancellationToken));

    /// <summary>Tries all rungs, the best first, whatever was asked for.</summary>
    public Task<IReadOnlyList<RungFinding>> ExamineAsync(CancellationToken cancellationToken) => StepThread.RunAsync<IReadOnlyList<RungFinding>>(() =>
    [
        new RungFinding(IsolationRung.Namespaces, Overlay: true, ProbeNamespaces(overlay: true, cancellationToken)),
        new RungFinding(IsolationRung.Namespaces, Overlay: false, ProbeNamespaces(overlay: false, cancellationToken)),
        new RungFinding(IsolationRung.Chroot, Overlay: false, ProbeChroot(cancellationToken)),
        new RungFinding(IsolationRung.Supervised, Overlay: false, ProbeSupervised(cancellationToken)),
    ]);

    private ChosenIsolation Climb(CancellationToken cancellationToken) => options.Isolation switch
    {
        RequestedIsolation.None => new(IsolationRung.None, Overlay: false, "`RUN` was switched off", Sandbox: null),
        RequestedIsolation.Chroot => ProbeChroot(cancellationToken) is not { } whyNot
            ? new(IsolationRung.Chroot, Overlay: false, WhyNotBetter: null, new ChrootSandbox(options))
            : throw DiagnosticRules.IsolationUnavailable.Error($"a changed root cannot be had here: {whyNot}"),
        RequestedIsolation.Supervised => ProbeSupervised(cancellationToken) is not { } whyNot
            ? TakeSupervised(whyNotBetter: null)
            : throw DiagnosticRules.IsolationUnavailable.Error($"a supervised step cannot be had here: {whyNot}"),
        RequestedIsolation.Namespaces or RequestedIsolation.Auto => ClimbFromTop(cancellationToken),
    };

    private ChosenIsolation ClimbFromTop(CancellationToken cancellationToken)
    {
        if (ProbeNamespaces(overlay: true, cancellationToken) is not { } whyNoOverlay)
            return new(IsolationRung.Namespaces, Overlay: true, WhyNotBetter: null, new NamespaceSandbox(options, overlay: true));
        if (ProbeNamespaces(overlay: false, cancellationToken) is not { } whyNoNamespaces)
            return new(IsolationRung.Namespaces, Overlay: false, $"no overlay on {options.RootDirectory}: {whyNoOverlay}", new NamespaceSandbox(options, overlay: false));
        if (options.Isolation == RequestedIsolation.Namespaces)
            throw DiagnosticRules.IsolationUnavailable.Error($"namespaces are refused here: {whyNoNamespaces}");
        if (ProbeChroot(cancellationToken) is not { } whyNoChroot)
            return new(IsolationRung.Chroot, Overlay: false, $"namespaces are refused: {whyNoNamespaces}", new ChrootSandbox(options));
        string whyNotBetter = $"namespaces are refused: {whyNoNamespaces}; a changed root too: {whyNoChroot}";
        return ProbeSupervised(cancellationToken) is not { } whyNotSupervised
            ? TakeSupervised(whyNotBetter)
            : new(IsolationRung.None, Overlay: false, $"{whyNotBetter}; a supervised step too: {whyNotSupervised}", Sandbox: null);
    }

    private ChosenIsolation TakeSupervised(string? whyNotBetter)
    {
        var records = new InodeRecords();
        return new(IsolationRung.Supervised, Overlay: false, whyNotBetter, new SupervisedSandbox(options, records)) { Records = records };
    }

    /// <summary>Null where it works, otherwise what was refused.</summary>
    private string? ProbeNamespaces(bool overlay, CancellationToken cancellationToken) => Probe(scratch =>
    {
        string tree = MakeTree(scratch);
        var request = new RunRequest
        {
            Root = overlay ? new OverlayRoot([tree], Make(scratch, "upper"), Make(scratch, "work")) : new MergedRoot(tree),
            Arguments = ["/probe"],
        };
        return new NamespaceSandbox(options, overlay).Execute(new StageRequest(request, Scratch: null), static (_, _) => { }, cancellationToken);
    });

    private string? ProbeChroot(CancellationToken cancellationToken)
    {
        if (Credential.EffectiveUid != 0)
            return "it takes uid 0";
        // Asked before the sandbox forbids to inspect this process: the child that is made for the question would inherit that.
        _ = _mayTrace.Value;
        return Probe(scratch =>
        {
            var request = new RunRequest { Root = new MergedRoot(MakeTree(scratch)), Arguments = ["/probe"] };
            return new ChrootSandbox(options).Execute(request, static (_, _) => { }, cancellationToken);
        });
    }

    private string? ProbeSupervised(CancellationToken cancellationToken) => !_mayTrace.Value ? "ptrace is refused, by which programs are started" : Probe(scratch =>
    {
        var request = new RunRequest { Root = new MergedRoot(MakeTree(scratch)), Arguments = ["/probe"] };
        return new SupervisedSandbox(options, new InodeRecords()).Execute(request, static (_, _) => { }, cancellationToken);
    });

    private string? Probe(Func<string, StepOutcome> run)
    {
        using var scratch = ScratchDirectory.Create(options.RootDirectory);
        try
        {
            return run(scratch.Path).WhyNotReached();
        }
        catch (ErrnoException e)
        {
            return e.Message;
        }
    }

    private static string Make(string scratch, string name) => Directory.CreateDirectory($"{scratch}/{name}").FullName;

    private static string MakeTree(string scratch)
    {
        string tree = Make(scratch, "tree");
        using var directory = DirectoryHandle.Open(tree);
        directory.CreateFile(UnixPath.Clean("probe"), 0x1ED).Dispose(); // 0755
        return tree;
    }
}
