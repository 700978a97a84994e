// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Transfers;

/// <summary>A file as `docker save` writes it.</summary>
/// <param name="Path">In full.</param>
/// <param name="Name">As that of a <see cref="LayoutPlace"/>.</param>
public sealed record ArchivePlace(string Path, string? Name) : ImagePlace
{
    public override string ToString() => Name is null ? Path : $"{Path}:{Name}";
}
