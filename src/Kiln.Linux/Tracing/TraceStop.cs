// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Tracing;

/// <summary>A stop of a traced thread, with the signal where that is the reason.</summary>
public readonly record struct TraceStop(TraceStopKind Kind, int Signal = 0);
