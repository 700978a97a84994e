// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Build;

/// <summary>The directory of the sources that these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string TestFile(params ReadOnlySpan<string> parts) =>
        Path.Combine([Root, "tests", "Kiln.SystemTests", "Build", .. parts]);

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Kiln.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("no directory above the tests holds Kiln.slnx");
    }
}
