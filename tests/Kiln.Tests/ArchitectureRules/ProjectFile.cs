// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Xml.Linq;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>What a csproj says that the house has rules about.</summary>
/// <param name="Path">Relative to the checkout.</param>
/// <param name="References">Names of projects.</param>
/// <param name="Packages">Names of packages.</param>
internal sealed record ProjectFile(
    string Path, bool IsPure, bool AllowsUnsafe, ImmutableSortedSet<string> References, ImmutableSortedSet<string> Packages)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static ProjectFile Read(string path)
    {
        XDocument document = XDocument.Load(Checkout.Full(path));
        return new ProjectFile(
            path,
            document.Descendants("KilnPure").Any(),
            document.Descendants("AllowUnsafeBlocks").Any(),
            [.. Included(document, "ProjectReference").Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference)!)],
            [.. Included(document, "PackageReference")]);
    }

    /// <summary>What the items of a kind include.</summary>
    public static IEnumerable<string> Included(XDocument document, string item) =>
        document.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
