// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Linux.Credentials;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

public sealed class RootlessTests
{
    [Fact]
    public async Task All_of_it_works_for_an_ordinary_user_too()
    {
        Assert.SkipUnless(Machine.HasUsers && Credential.EffectiveUid == 0 && File.Exists("/usr/bin/setpriv"), "needs root, to become another user");
        var start = new ProcessStartInfo("setpriv", ["--reuid", "1000", "--regid", "1000", "--clear-groups", Environment.ProcessPath!, "-namespace", "Kiln.SystemTests.Sandbox", "-noColor"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["HOME"] = "/tmp";

        using Process tests = Process.Start(start)!;
        string output = await tests.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tests.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(tests.ExitCode == 0, output);
        Assert.DoesNotContain("namespaces are refused", output, StringComparison.Ordinal);
    }
}
