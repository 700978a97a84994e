// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry.Faults;

/// <summary>Where a registry sends those who want a blob.</summary>
public enum BlobRedirect
{
    Nowhere,

    /// <summary>To another path of its own, without its name.</summary>
    Relative,

    /// <summary>To another path of its own, with its name.</summary>
    Absolute,

    /// <summary>To an object store that refuses foreign credentials, as those of clouds do.</summary>
    OtherHost,
}
