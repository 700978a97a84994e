// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>What a `RUN` may do.</summary>
public enum RunSecurity
{
    Sandbox,
    Insecure,
}
