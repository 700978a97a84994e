// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>Which image of an index is meant.</summary>
/// <param name="Platform">What it is for.</param>
/// <param name="IsRequired">What is no index has to be for it too; else it is taken as it is, whatever it is.</param>
public sealed record PlatformChoice(Platform Platform, bool IsRequired = true);
