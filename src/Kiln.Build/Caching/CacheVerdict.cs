// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Caching;

/// <summary>What is known of a step before anything is carried out.</summary>
public enum CacheVerdict
{
    /// <summary>It changes the configuration alone.</summary>
    Metadata,

    /// <summary>Its result is there, made on the very layers that it stands on.</summary>
    Hit,

    /// <summary>There is a result of its definition; whether it counts turns out when the steps below are done.</summary>
    Undecided,

    /// <summary>No result of its definition is there. One of its content may be, where something below turns out as it was.</summary>
    Miss,

    /// <summary>It is not looked up.</summary>
    NotCached,
}
