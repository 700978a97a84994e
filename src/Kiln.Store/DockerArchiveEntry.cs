// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Store;

/// <summary>One image in `manifest.json` of a Docker archive: names of files beside it, layers lowest first.</summary>
internal sealed record DockerArchiveEntry(string Config, IReadOnlyList<string> RepoTags, IReadOnlyList<string> Layers);
