// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Contexts;

/// <summary>A small build context and archives of it, made by tar; and how one sees that an image was built of it.</summary>
internal static class ContextArchive
{
    /// <summary>What a file of it holds.</summary>
    public const string Text = "from elsewhere";

    /// <summary>Writes the context beside the place's own, which holds nothing, and packs it. Result: the archive.</summary>
    public static async Task<string> MakeAsync(BuildPlace place, string name, CancellationToken cancellationToken)
    {
        string directory = place.Path("elsewhere");
        Directory.CreateDirectory(System.IO.Path.Combine(directory, "sub"));
        await File.WriteAllTextAsync(System.IO.Path.Combine(directory, "Dockerfile"), "FROM scratch\nCOPY . /\n", cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(directory, ".dockerignore"), "ignored\n", cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(directory, "ignored"), "no", cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(directory, "file"), Text, cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(directory, "sub", "Dockerfile"), "FROM scratch\nCOPY inner /\n", cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(directory, "sub", "inner"), "of the directory", cancellationToken);
        // Cut in the middle, an archive ends in this file.
        await File.WriteAllBytesAsync(System.IO.Path.Combine(directory, "large"), RandomNumberGenerator.GetBytes(256 << 10), cancellationToken);
        await Programs.RunAsync(["tar", "--create", "--auto-compress", "--file", place.Path(name), "--directory", directory, "."], cancellationToken);
        return place.Path(name);
    }

    /// <summary>An image that was built of it, and a work directory that is empty again.</summary>
    public static async Task CheckAsync(BuildPlace place, KilnRun run, string image, CancellationToken cancellationToken)
    {
        Assert.True(run.Status == 0, run.All);
        PushedImage made = await PushedImage.FetchAsync(image, cancellationToken);
        Assert.Equal(Text, made.FindText("file"));
        Assert.Null(made.FindText("ignored"));
        Assert.Empty(place.Remains());
    }

    /// <summary>One error, exactly this, and nothing left behind.</summary>
    public static void CheckRefused(BuildPlace place, KilnRun run, string code, string message, string? hint = null)
    {
        Assert.Equal(1, run.Status);
        Assert.Contains($"error {code}: {message}\n" + (hint is null ? "" : $"hint: {hint}\n"), run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n'), line => line.Contains("error KILN", StringComparison.Ordinal));
        Assert.Empty(place.Remains());
    }
}
