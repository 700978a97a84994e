// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;

namespace Kiln.SystemTests.Attacks;

/// <summary>
/// One file of `programs`: a script or C program that a `RUN` starts, or a whole Dockerfile. Its first line says what it tries; a line `expect:` what shall come of it,
/// where that is not an image: `status N`, `error CODE`, or `any` (an image or one error). A line `expect in RUNG:` goes before it in that rung; `only in: RUNG` leaves the others out.
/// </summary>
internal sealed record Attack(string Name, string Text)
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "Kiln.SystemTests", "Attacks");

    /// <summary>All of them; KILN_TEST_ATTACKS, a list with commas, chooses some by the beginnings of their names.</summary>
    public static IEnumerable<string> Names { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Folder, "programs")).Select(file => Path.GetFileName(file)).Where(IsChosen).Order(StringComparer.Ordinal)];

    public string Kind => Path.GetExtension(Name);

    /// <summary>Whether the step is meant to go on until it is ended.</summary>
    public bool IsEndless => ExpectationIn("") == "status 124";

    private static bool IsChosen(string name) =>
        !name.EndsWith(".h", StringComparison.Ordinal)
        && (Environment.GetEnvironmentVariable("KILN_TEST_ATTACKS") is not { Length: > 0 } chosen || chosen.Split(',').Any(name.StartsWith));

    public static Attack Read(string name) => new(name, File.ReadAllText(Path.Combine(Folder, "programs", name)));

    /// <summary>The rung that it is meant for alone, for what it breaks is nothing that the others keep; null where it is all.</summary>
    public string? OnlyRung => FindLine("only in: ");

    public string ExpectationIn(string rung) => FindLine($"expect in {rung}: ") ?? FindLine("expect: ") ?? "status 0";

    private string? FindLine(string begin) =>
        Text.Split('\n').Take(4).Select(line => line.TrimStart('#', '/', ' ')).FirstOrDefault(line => line.StartsWith(begin, StringComparison.Ordinal))?[begin.Length..].Trim();
}
