// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Kiln.Sandbox;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Roots;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

/// <summary>One `RUN` in a changed root, in a copy of the tree that is its own.</summary>
internal sealed class ChrootStep
{
    private readonly BusyboxTree _tree;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public ChrootStep(BusyboxTree tree, params ReadOnlySpan<string> arguments)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root");
        _tree = tree;
        Root = $"{tree.Directory}/copy-{Guid.NewGuid():N}";
        using (Process copy = Process.Start("cp", ["-a", tree.Root, Root]))
            copy.WaitForExit();
        Request = new RunRequest { Root = new MergedRoot(Root), Arguments = [.. arguments], Environment = ["PATH=/bin"] };
    }

    public string Root { get; }

    public RunRequest Request { get; set; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public static ChrootStep Shell(BusyboxTree tree, string script) => new(tree, "sh", "-c", script);

    public ChrootStep With(Func<RunRequest, RunRequest> change)
    {
        Request = change(Request);
        return this;
    }

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        ChosenIsolation isolation = await _tree.ClimbAsync(RequestedIsolation.Chroot, cancellationToken);
        Assert.Equal(IsolationRung.Chroot, isolation.Rung);
        return await isolation.Sandbox!.RunAsync(Request, Receive, cancellationToken);
    }

    /// <summary>Runs it, expects success, and gives what it printed.</summary>
    public async Task<string> OutputAsync()
    {
        RunResult result = await RunAsync(TestContext.Current.CancellationToken);
        Assert.True(result is Exited { Code: 0 }, $"{result}: {Out}{Error}");
        return Out;
    }

    private void Receive(OutputStream stream, ReadOnlySpan<byte> bytes) =>
        (stream == OutputStream.Out ? _out : _error).Append(Encoding.UTF8.GetString(bytes));
}
