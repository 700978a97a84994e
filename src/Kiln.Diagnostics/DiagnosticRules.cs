// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>
/// The one table of errors. Each part of the program has a file of rows: `DiagnosticRules.Dockerfile.cs` and so on.
/// </summary>
public static partial class DiagnosticRules;
