// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>What a registry answers to somebody.</summary>
/// <param name="Steps">What was tried, in order.</param>
/// <param name="IsLetIn">Whether it accepts what it was shown, or wants nothing.</param>
public sealed record RegistryFindings(IReadOnlyList<ExaminationStep> Steps, bool IsLetIn);
