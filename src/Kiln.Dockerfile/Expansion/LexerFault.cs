// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Expansion;

/// <summary>Why a word cannot be read.</summary>
internal sealed record LexerFault(DiagnosticRule Rule, string Message);
