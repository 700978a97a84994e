// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Pull;

/// <summary>A page of GET `/v2/NAME/tags/list`; a repository that has lost all its tags may say `null`.</summary>
internal sealed record TagList(IReadOnlyList<string>? Tags);
