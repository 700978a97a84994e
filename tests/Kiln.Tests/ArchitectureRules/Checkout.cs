// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>The files of the checkout that these tests were built from, without what a build puts there.</summary>
internal static class Checkout
{
    private static readonly ImmutableHashSet<string> NotOurs = [".git", ".kiln", "bin", "obj", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>Relative paths, in order: `src/Kiln.Oci/Digest.cs`.</summary>
    public static ImmutableArray<string> Files { get; } = [.. List(Root).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Sources { get; } = [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))];

    public static ImmutableArray<ProjectFile> Projects { get; } =
        [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(ProjectFile.Read)];

    public static IEnumerable<ProjectFile> Product => Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal));

    public static string Full(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Full(path));

    public static string[] Lines(string path) => File.ReadAllLines(Full(path));

    private static string FindRoot()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Kiln.slnx")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("no directory above the tests holds Kiln.slnx");
        return root;
    }

    private static IEnumerable<string> List(string directory) =>
        Directory.EnumerateFiles(directory).Concat(Directory.EnumerateDirectories(directory)
            .Where(below => !NotOurs.Contains(Path.GetFileName(below)))
            .SelectMany(List));
}
