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

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        var options = new SandboxOptions { RootDirectory = _tree.Directory, RuntimeEnvironment = RuntimeEnvironment };
        ChosenIsolation isolation = await new IsolationLadder(options).ClimbAsync(cancellationToken);
        Assert.SkipUnless(isolation is { Overlay: true }, isolation.WhyNotBetter ?? "");
        return await isolation.Sandbox!.RunAsync(Request, Receive, cancellationToken);
    }

    /// <summary>Runs it, expects success, and gives what it printed.</summary>
    public async Task<string> OutputAsync()
    {
        RunResult result = await RunAsync(TestContext.Current.CancellationToken);
        Assert.True(result is Exited { Code: 0 }, $"{result}: {Error}");
        return Out;
    }

    /// <summary>What a framework-dependent program needs to be started again.</summary>
    public static string[] RuntimeEnvironment { get; } =
        [.. new[] { "DOTNET_ROOT" }.Where(name => Environment.GetEnvironmentVariable(name) is not null).Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}")];

    private void Receive(OutputStream stream, ReadOnlySpan<byte> bytes) =>
        (stream == OutputStream.Out ? _out : _error).Append(Encoding.UTF8.GetString(bytes));
}
