// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>The two families of media types for one and the same image.</summary>
public enum ImageFormat
{
    Oci,
    Docker,
}
