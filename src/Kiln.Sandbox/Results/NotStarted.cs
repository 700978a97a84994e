// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Results;

/// <summary>The program could not be executed: it is not there (127) or is none (126). The message is the one that Docker's users know.</summary>
public sealed record NotStarted(int Code, string Message) : RunResult;
