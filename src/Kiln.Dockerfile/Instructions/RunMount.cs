// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Instructions;

/// <summary>A `--mount` as written. What it means is known only when its values are expanded: <see cref="RunMountParser"/>.</summary>
/// <param name="From">The stage, image or context that it names, which is never expanded.</param>
public sealed record RunMount(string Csv, string? From, SourceSpan Span);
