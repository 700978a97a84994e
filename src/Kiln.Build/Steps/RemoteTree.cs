// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Sources;
using Kiln.Linux.Files;

namespace Kiln.Build.Steps;

/// <summary>What a remote source turned out to be: its files, and how old it is as a whole where that can be told.</summary>
internal sealed record RemoteTree(ISourceTree Files, Func<UnixTime?> FindTime);
