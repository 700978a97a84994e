// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Sandbox;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Roots;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

/// <summary>One `RUN` over a tree, with an upper directory of its own.</summary>
internal sealed class Step
{
    private readonly BusyboxTree _tree;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public Step(BusyboxTree tree, params ReadOnlySpan<string> arguments)
    {
        _tree = tree;
        string directory = Directory.CreateTempSubdirectory("kiln-step-").FullName;
        Directory.Delete(directory);
        directory = Directory.CreateDirectory($"{tree.Directory}/{Path.GetFileName(directory)}").FullName;
        Upper = Directory.CreateDirectory($"{directory}/upper").FullName;
        Directory.SetLastWriteTimeUtc(Upper, Directory.GetLastWriteTimeUtc(tree.Root));
        string work = Directory.CreateDirectory($"{directory}/work").FullName;
        Request = new RunRequest { Root = new OverlayRoot([tree.Root], Upper, work), Arguments = [.. arguments], Environment = ["PATH=/bin"] };
    }

    public string Upper { get; }

    public RunRequest Request { get; set; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public static Step Shell(BusyboxTree tree, string script) => new(tree, "sh", "-c", script);

    public Step With(Func<RunRequest, RunRequest> change)
    {
        Request = change(Request);
        return this;
    }

    public Step WithLower(string[] trees) =>
        With(request => request with { Root = ((OverlayRoot)request.Root) with { LowerTrees = [.. trees] } });

    /// <summary>The paths that the upper directory holds.</summary>
    public string[] Changes() =>
        [.. Directory.EnumerateFileSystemEntries(Upper, "*", SearchOption.AllDirectories).Select(path => path[Upper.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>How many bytes <see cref="CountAsync"/> was given.</summary>
    public long Counted { get; private set; }

    public Task<RunResult> RunAsync(CancellationToken cancellationToken) => RunAsync(Receive, cancellationToken);

    /// <summary>Runs it without keeping the output.</summary>
    public Task<RunResult> CountAsync(CancellationToken cancellationToken) => RunAsync((_, bytes) => Counted += bytes.Length, cancellationToken);

    /// <summary>Runs it, expects success, and gives what it printed.</summary>
    public async Task<string> OutputAsync()
    {
        RunResult result = await RunAsync(TestContext.Current.CancellationToken);
        Assert.True(result is Exited { Code: 0 }, $"{result}: {Error}");
        return Out;
    }

    private async Task<RunResult> RunAsync(OutputReceiver receiver, CancellationToken cancellationToken)
    {
        ChosenIsolation isolation = await _tree.ClimbAsync(cancellationToken);
        Assert.SkipUnless(isolation is { Overlay: true }, isolation.WhyNotBetter ?? "");
        return await isolation.Sandbox!.RunAsync(Request, receiver, cancellationToken);
    }

    private void Receive(OutputStream stream, ReadOnlySpan<byte> bytes) =>
        (stream == OutputStream.Out ? _out : _error).Append(Encoding.UTF8.GetString(bytes));
}
