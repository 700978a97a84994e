// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>A directory that `--build-context` gave a name.</summary>
public sealed record NamedContextSource(string Name, string Directory) : SourceReference;
