// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Transfers;

/// <summary>A directory that is an OCI image layout.</summary>
/// <param name="Path">In full.</param>
/// <param name="Name">A tag, a whole name or, of what is read, a digest; null for the only image, and for the name that what is written has already.</param>
public sealed record LayoutPlace(string Path, string? Name) : ImagePlace
{
    public override string ToString() => Name is null ? Path : $"{Path}:{Name}";
}
