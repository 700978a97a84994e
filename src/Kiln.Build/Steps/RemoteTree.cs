// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Sources;
using Kiln.Linux.Files;

namespace Kiln.Build.Steps;

/// <summary>What a remote source turned out to be.</summary>
/// <param name="Files">Its files.</param>
/// <param name="Version">What it has that changes when they do: a digest, a commit.</param>
/// <param name="FindTime">How old it is as a whole, where that can be told.</param>
internal sealed record RemoteTree(ISourceTree Files, string Version, Func<UnixTime?> FindTime);
