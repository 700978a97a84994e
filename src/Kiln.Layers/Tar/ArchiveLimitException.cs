// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Tar;

/// <summary>An archive may be sound, but would take more of the machine than it has or than anybody can mean. Whoever knows which one it was says so.</summary>
public sealed class ArchiveLimitException(string message, Exception? inner = null) : IOException(message, inner);
