// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry;

/// <summary>
/// An image in a registry: its manifest and configuration are here, its layers are read from there when somebody asks. The reference
/// holds the digest that the tag stood for, an index's where there was one.
/// </summary>
public sealed record RemoteImage(ImageReference Reference, Image Image, ImageManifest Manifest, ImageConfig Config);
