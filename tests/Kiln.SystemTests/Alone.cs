// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests;

/// <summary>Tests that measure their own process, and so run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
