// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>The keys of a stage's steps.</summary>
/// <param name="Steps">As many as the stage has steps; null for those that make no layer.</param>
/// <param name="End">What stands for the stage as it is in the end.</param>
/// <param name="BaseContent">Of a base that is a directory, an archive or a repository what is in it, by which its one layer is known; null of others, and where it cannot be read.</param>
internal sealed record StageKeys(ImmutableArray<StepKey?> Steps, Digest End, Digest? BaseContent);
