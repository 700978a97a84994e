// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Transfers;

/// <summary>Where an image lies or goes to. The kinds are closed: <see cref="RegistryPlace"/>, <see cref="LayoutPlace"/>, <see cref="ArchivePlace"/>.</summary>
public abstract record ImagePlace
{
    private protected ImagePlace()
    {
    }
}
