// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Registry;

/// <summary>What a <see cref="FakeServer"/> was asked.</summary>
internal sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Target.Split('?')[0];

    public string? Authorization => Headers.GetValueOrDefault("authorization");

    public override string ToString() => $"{Method} {Target}";
}
