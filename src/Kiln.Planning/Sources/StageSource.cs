// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>A stage of the same Dockerfile, by its place in the file.</summary>
public sealed record StageSource(int Index) : SourceReference;
