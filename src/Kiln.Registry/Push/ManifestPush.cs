// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Push;

/// <summary>What came of writing a manifest.</summary>
public enum ManifestPush
{
    Written,

    /// <summary>The registry refuses to write the tag, which stands for this very image already.</summary>
    WasThere,

    /// <summary>The registry keeps the tag for another image, and was to be let.</summary>
    KeptOther,
}
