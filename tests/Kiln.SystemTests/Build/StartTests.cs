// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What a small build leaves to the runtime's compiler, of which nobody sees more than that it takes time.</summary>
public sealed class StartTests(BuildWorld world)
{
    [Fact]
    public async Task Async_methods_are_compiled_ahead()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string binary = await world.BinaryAsync();
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.Path("context"));
        await File.WriteAllTextAsync(directory.Path("context/Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n", cancellationToken);

        await Programs.RunAsync(
            [
                "env", "DOTNET_PerfMapEnabled=1", $"DOTNET_PerfMapJitDumpPath={directory.Path("")}", binary, "build", "--context", $"dir://{directory.Path("context")}", "--root-dir",
                directory.Path("root"), "--no-push", "--oci-layout-path", directory.Path("layout"),
            ], cancellationToken);
        string[] compiled = [.. File.ReadLines(Assert.Single(Directory.GetFiles(directory.Path(""), "perf-*.map"))).Where(line => line.EndsWith("[QuickJitted]", StringComparison.Ordinal))];

        Assert.NotEmpty(compiled);
        string[] machines = [.. compiled.Where(method => method.Contains("AsyncStateMachineBox", StringComparison.Ordinal))];
        Assert.True(machines.Length < 20, $"{machines.Length} of {compiled.Length}:\n{string.Join('\n', machines)}");
    }
}
