// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci.Json;

/// <summary>Marks members of image documents that are written even where they are null or empty; others are left away then.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WrittenWhenEmptyAttribute : Attribute;
