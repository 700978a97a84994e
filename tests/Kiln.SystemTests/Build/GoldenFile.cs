// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What a failed build says, held against `Golden/NAME.txt`. KILN_UPDATE_GOLDEN=1 writes the files anew, to be read before they are kept.</summary>
internal static partial class GoldenFile
{
    public static void Check(string name, KilnRun run, BuildPlace place)
    {
        string path = Checkout.TestFile("Golden", name + ".txt");
        string actual = $"exit_code: {run.Status}\n----- stderr -----\n{Normalise(run.Error, place)}";
        if (Environment.GetEnvironmentVariable("KILN_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>What differs from run to run has a word for its place.</summary>
    private static string Normalise(string text, BuildPlace place) => Digests().Replace(text, "sha256:DIGEST")
        .Replace(place.Root, "PLACE", StringComparison.Ordinal)
        .Replace(place.Registry, "REGISTRY", StringComparison.Ordinal);

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Digests();
}
