// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Results;

/// <summary>The program ended with a code.</summary>
public sealed record Exited(int Code) : RunResult;
