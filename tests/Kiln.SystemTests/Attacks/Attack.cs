// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;

namespace Kiln.SystemTests.Attacks;

/// <summary>
/// One file of `programs`: a script or C program that a `RUN` starts, or a whole Dockerfile. Its first line says what it tries; a line `expect:` what shall come of it,
/// where that is not an image: `status N`, `error CODE`, or `any` (an image or one error).
/// </summary>
internal sealed record Attack(string Name, string Text, string Expectation)
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "Kiln.SystemTests", "Attacks");

    public static IEnumerable<string> Names { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Folder, "programs")).Select(file => Path.GetFileName(file)).Where(name => !name.EndsWith(".h", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public string Kind => Path.GetExtension(Name);

    /// <summary>Whether the step is meant to go on until it is ended.</summary>
    public bool IsEndless => Expectation == "status 124";

    public static Attack Read(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, "programs", name));
        string? expectation = text.Split('\n').Take(3).Select(line => line.TrimStart('#', '/', ' ')).FirstOrDefault(line => line.StartsWith("expect: ", StringComparison.Ordinal));
        return new Attack(name, text, expectation?["expect: ".Length..].Trim() ?? "status 0");
    }
}
