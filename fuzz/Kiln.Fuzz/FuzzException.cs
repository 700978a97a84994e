// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Fuzz;

/// <summary>What was read without an exception is wrong in itself.</summary>
internal sealed class FuzzException(string message) : Exception(message)
{
    public static void Require(bool holds, string what)
    {
        if (!holds)
            throw new FuzzException(what);
    }
}
