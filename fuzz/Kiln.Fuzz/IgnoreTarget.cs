// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;

namespace Kiln.Fuzz;

/// <summary>Ignore files, and what they say to paths: both are in an input, parted by a zero byte.</summary>
internal sealed class IgnoreTarget : IFuzzTarget
{
    public string Name => "ignore";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "\n", "\n", "\0", "a", "b", "ab", "/", "/", "*", "**", "**/", "?", "!", "[", "]", "[a-b]", "[^a]", "[[:alpha:]]", "-", "^", "\\", "\\d", "#", " ", ".", "..",
        "\u00FC", "\U0001F600", "\uFEFF");

    public IReadOnlyList<byte[]> Samples { get; } = Inputs.Of(
        "*.md\n!README.md\nvendor/**\n!vendor/keep/*.go\0vendor/keep/a.go", "**/node_modules\na?/[a-c]*\0x/node_modules/y", "# c\n\\#x\n**a**b\0a/b");

    public void Read(byte[] input)
    {
        int zero = Array.IndexOf(input, (byte)0);
        byte[] file = zero < 0 ? input : input[..zero], path = zero < 0 ? input : input[(zero + 1)..];
        try
        {
            var matcher = new IgnoreMatcher(IgnoreFile.Parse(new SourceText(".dockerignore", Inputs.Text(file))));
            bool ignored = matcher.Ignores(path);
            int slash = Array.LastIndexOf(path, (byte)'/');
            FuzzException.Require(slash < 0 || ignored || !matcher.IgnoresTree(path.AsSpan(0, slash)), "a tree is passed over that holds something");
        }
        catch (BuildException error)
        {
            FuzzException.Require(error.Diagnostic.Span is not null, "an error has no place");
        }
        _ = GoPathMatch.Compile(Inputs.Text(file))?.Matches(path);
    }
}
