// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Fuzz;

/// <summary>Texts as inputs, and inputs as texts.</summary>
internal static class Inputs
{
    public static byte[][] Of(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    public static string Text(byte[] input) => Encoding.UTF8.GetString(input);
}
