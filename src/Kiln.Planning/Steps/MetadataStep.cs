// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Steps;

/// <summary>An instruction that changes the configuration alone.</summary>
public sealed record MetadataStep : BuildStep;
