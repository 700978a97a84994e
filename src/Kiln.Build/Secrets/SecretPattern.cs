// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Secrets;

/// <summary>Bytes by which a secret is recognised, and whose they are.</summary>
internal readonly record struct SecretPattern(string Id, ReadOnlyMemory<byte> Bytes);
