// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>One thing that was tried at a registry, and what came of it. Neither holds a secret.</summary>
public sealed record ExaminationStep(string What, string Result);
