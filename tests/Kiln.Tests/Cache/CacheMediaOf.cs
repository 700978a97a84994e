// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Registry;
using Kiln.Tests.Registry;

namespace Kiln.Tests.Cache;

/// <summary>What opens stores, for tests. Where no registry is meant, none is asked.</summary>
internal static class CacheMediaOf
{
    private static readonly RegistryClient Nobody = RegistryClients.Create();

    public static CacheMedia Options(CacheOptions? options, TimeProvider? time, Action<string> warn, RegistryClient? client = null) =>
        new(options ?? new CacheOptions(), client ?? Nobody, time ?? TimeProvider.System, warn);
}
