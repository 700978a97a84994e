// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox;

/// <summary>Which network a `RUN` has.</summary>
public enum RunNetwork
{
    /// <summary>The builder's.</summary>
    Host,

    /// <summary>A loopback interface of its own and nothing else; where there are no network namespaces, not even that.</summary>
    None,
}
