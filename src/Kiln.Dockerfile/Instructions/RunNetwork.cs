// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>The network of a `RUN`.</summary>
public enum RunNetwork
{
    Default,
    None,
    Host,
}
