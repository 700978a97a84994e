// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Syntax;

/// <summary>One line of the text: its content lies between start and end, its line end between end and next.</summary>
internal readonly record struct PhysicalLine(int Start, int End, int Next);
