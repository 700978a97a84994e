// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Results;

/// <summary>The program was ended by a signal, signal(7).</summary>
public sealed record Signaled(int Signal) : RunResult;
