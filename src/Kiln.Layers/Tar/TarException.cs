// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Tar;

/// <summary>The bytes are no tar archive, or a broken one. Whoever knows which file or layer it was says so on top.</summary>
public sealed class TarException(string message) : IOException(message);
