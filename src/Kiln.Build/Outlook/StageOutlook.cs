// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Build.Outlook;

/// <summary>What becomes of a stage.</summary>
/// <param name="Index">Its place in the file.</param>
/// <param name="Name">For people.</param>
/// <param name="Title">Its `FROM`.</param>
/// <param name="Line">Where that stands.</param>
/// <param name="IsNeeded">Whether anything of it is needed: else its steps are neither carried out nor fetched.</param>
/// <param name="Start">The index of the stage that it starts from; null for another base.</param>
/// <param name="Steps">Its steps.</param>
public sealed record StageOutlook(int Index, string Name, string Title, int Line, bool IsNeeded, int? Start, ImmutableArray<StepOutlook> Steps);
