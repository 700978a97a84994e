// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry.Faults;

/// <summary>A fault ends the connection here.</summary>
internal sealed class CutException() : IOException("cut");
