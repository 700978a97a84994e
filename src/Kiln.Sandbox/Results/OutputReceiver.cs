// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Results;

/// <summary>
/// Is given a step's output as it comes, in pieces that mean nothing, on the step's own thread, one after the other. While it works, the step's
/// pipe fills and the step waits: nothing is buffered. The bytes are valid during the call alone.
/// </summary>
public delegate void OutputReceiver(OutputStream stream, ReadOnlySpan<byte> bytes);
