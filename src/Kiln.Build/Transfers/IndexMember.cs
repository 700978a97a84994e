// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>What goes into a new index.</summary>
/// <param name="Place">An image, or an index, whose images are taken.</param>
/// <param name="Platform">Of an index the image that is taken; what an image is entered for, whatever its configuration says.</param>
public sealed record IndexMember(ImagePlace Place, Platform? Platform);
