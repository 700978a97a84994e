// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci.Json;

/// <summary>Marks the members of an image document that are written even where they are null or empty; all others are left away then.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WrittenWhenEmptyAttribute : Attribute;
