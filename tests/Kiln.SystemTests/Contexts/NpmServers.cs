// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Contexts;
using Kiln.SystemTests.Registry;
using Xunit;

[assembly: AssemblyFixture(typeof(NpmServers))]

namespace Kiln.SystemTests.Contexts;

/// <summary>Servers that npm has, installed once for all tests, when the first asks for one.</summary>
public sealed class NpmServers : IDisposable
{
    private static readonly string[] Packages = ["s3rver@3.7.1", "azurite@3.37.0"];

    private readonly Lazy<Task<(TempDirectory Directory, string? Failure)>> _installed = new(InstallAsync);

    /// <summary>The path of a program; the test is skipped where npm could not install it.</summary>
    internal async Task<string> FindAsync(string program)
    {
        (TempDirectory directory, string? failure) = await _installed.Value;
        Assert.SkipWhen(failure is not null, $"npm did not install {string.Join(" and ", Packages)}: {failure}");
        return directory.Path($"node_modules/.bin/{program}");
    }

    public void Dispose()
    {
        if (_installed.IsValueCreated && _installed.Value.IsCompletedSuccessfully)
            _installed.Value.Result.Directory.Dispose();
    }

    private static async Task<(TempDirectory Directory, string? Failure)> InstallAsync()
    {
        var directory = new TempDirectory();
        if (!Programs.Has("npm"))
            return (directory, "there is no npm");
        try
        {
            await Programs.RunAsync(["npm", "install", "--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", directory.Root, .. Packages], CancellationToken.None);
            return (directory, null);
        }
        catch (InvalidOperationException e)
        {
            return (directory, e.Message);
        }
    }
}
