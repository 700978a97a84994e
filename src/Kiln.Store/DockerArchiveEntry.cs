// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Kiln.Store;

/// <summary>One image in `manifest.json` of a Docker archive: names of files beside it, layers lowest first.</summary>
internal sealed record DockerArchiveEntry
{
    [AllowNull]
    public string Config { get; init => field = value ?? ""; } = "";

    [AllowNull]
    public IReadOnlyList<string> RepoTags { get; init => field = value ?? []; } = [];

    [AllowNull]
    public IReadOnlyList<string> Layers { get; init => field = value ?? []; } = [];
}
