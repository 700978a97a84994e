// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.IO.Enumeration;
using Kiln.SystemTests.Registry;

namespace Kiln.SystemTests.Build;

/// <summary>
/// A directory with a build context, a root directory and a HOME, all of one user, and the command that builds there. `base` is found in the
/// registry as if that were Docker Hub's mirror.
/// </summary>
internal sealed class BuildPlace : IDisposable
{
    private readonly string _binary;
    private readonly uint _uid;
    private readonly TempDirectory _directory = new();

    internal BuildPlace(string binary, string registry, uint uid)
    {
        (_binary, Registry, _uid) = (binary, registry, uid);
        foreach (string name in new[] { "context", "root", "home" })
            Directory.CreateDirectory(Path(name));
        Environment = new()
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["HOME"] = Path("home"),
            ["KILN_ROOT"] = Path("root"),
        };
    }

    public string Registry { get; }

    /// <summary>All that the program gets; tests add to it.</summary>
    public Dictionary<string, string> Environment { get; }

    public string Root => _directory.Root;

    /// <summary>A path beside the context.</summary>
    public string Path(string name) => _directory.Path(name);

    public string ContextPath(string name) => System.IO.Path.Combine(Path("context"), name);

    /// <summary>A name for an image in the registry that no other test uses.</summary>
    public string NewDestination() => $"{Registry}/made/{System.IO.Path.GetFileName(Root).ToLowerInvariant()}:latest";

    public void Write(string name, string content)
    {
        string path = ContextPath(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public void Dockerfile(string text) => Write("Dockerfile", text + "\n");

    public async Task<KilnRun> BuildAsync(IReadOnlyList<string> flags, CancellationToken cancellationToken)
    {
        using RunningProgram program = StartBuild(flags);
        return await program.WaitAsync(cancellationToken);
    }

    /// <summary>`kiln build` with the place's context, and what else is said. A flag that is given twice counts the second time.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="through">A program and its first arguments that starts all this, as the tests' own user.</param>
    public RunningProgram StartBuild(IReadOnlyList<string> flags, IReadOnlyList<string>? through = null) =>
        Start(["build", "--context", $"dir://{Path("context")}", "--registry-mirror", Registry, .. flags], through);

    public RunningProgram Start(IReadOnlyList<string> arguments, IReadOnlyList<string>? through = null)
    {
        string id = _uid.ToString(CultureInfo.InvariantCulture);
        if (_uid != 0)
            Process.Start("chown", ["-R", $"{id}:{id}", Root]).WaitForExit();
        string[] user = _uid == 0 ? [] : ["setpriv", "--reuid", id, "--regid", id, "--clear-groups"];
        return RunningProgram.Start([.. through ?? [], .. user, _binary, .. arguments], Environment, Root);
    }

    /// <summary>What builds left behind below the root directory; caches are meant to stay.</summary>
    public IReadOnlyList<string> Remains() =>
        [.. new FileSystemEnumerable<string>(Path("root"), static (ref entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            {
                // A step may have left a link to anywhere in a cache.
                ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            }
            .Select(path => System.IO.Path.GetRelativePath(Path("root"), path))
            .Where(path => path != "builds" && !path.EndsWith(".lock", StringComparison.Ordinal) && !path.StartsWith("cache", StringComparison.Ordinal))];

    public void Dispose()
    {
        Process.Start("chmod", ["-R", "u+rwX", Root]).WaitForExit();
        _directory.Dispose();
    }
}
