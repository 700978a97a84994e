// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build;
using Kiln.Build.Secrets;

namespace Kiln.Tests.Build.Secrets;

/// <summary>Secrets of tests, by their values.</summary>
internal static class Secrets
{
    public static SecretPatterns Of(params string[] values) =>
        SecretPatterns.Of(values.Select((value, i) => KeyValuePair.Create($"secret{i}", new BuildSecret(Encoding.UTF8.GetBytes(value)))));
}
